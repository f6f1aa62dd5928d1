import { beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { channelSums, scaleAndShift } from '../../../src/learning/networks/channels';
import { normal, relativeDifference } from '../../helpers/engines';

/** Single values, single pixels, pictures that are not square, a picture as large as a face, and rows of values. */
const SHAPES = [
  [1, 1],
  [4, 3],
  [1, 1, 1, 2],
  [3, 1, 1, 5],
  [2, 1, 5, 3],
  [2, 6, 4, 3],
  [2, 112, 112, 2],
].map(shape => [shape.join(' x '), shape] as const);

describe.each(['cpu', 'wasm'] as const)('on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test.each(SHAPES)('channelSums() of %s adds what has the same last index', async (_, shape) => {
    const channels = shape.at(-1)!;
    const x = normal(shape);
    const wanted = new Float64Array(channels);
    x.forEach((value, i) => (wanted[i % channels]! += value));
    const found = channelSums(tf, tf.tensor(x, shape));
    expect(found.shape).toEqual([channels]);
    expect(relativeDifference(await found.data(), wanted)).toBeLessThan(1e-5);
  });

  test('channelSums() keeps float32 sums of large pictures far from 0 short: exact to 1e-4', async () => {
    // One by one in float32, all 401,408 would be off by 1.2e-4.
    const x = tf.fill([32, 112, 112, 1], 1000.1);
    const wanted = 32 * 112 * 112 * Math.fround(1000.1);
    expect(relativeDifference(await channelSums(tf, x).data(), [wanted])).toBeLessThan(1e-4);
  });

  test.each(SHAPES)('scaleAndShift() of %s moves every channel on its own', async (_, shape) => {
    const channels = shape.at(-1)!;
    const [x, scale, shift] = [normal(shape), normal([channels], 'scale'), normal([channels], 'shift')];
    const wanted = Array.from(x, (value, i) => value * scale[i % channels]! + shift[i % channels]!);
    const found = scaleAndShift(tf, tf.tensor(x, shape), tf.tensor1d(scale), tf.tensor1d(shift));
    expect(found.shape).toEqual(shape);
    expect(relativeDifference(await found.data(), wanted)).toBeLessThan(1e-5);
  });
});
