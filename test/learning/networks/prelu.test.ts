import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { prelu } from '../../../src/learning/networks/prelu';
import { normal, relativeDifference } from '../../helpers/engines';

describe.each(['cpu', 'wasm'] as const)('prelu() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test('by hand: two channels, both zeros, infinities and the smallest numbers', async () => {
    const x = tf.tensor2d([
      [-2, -2],
      [0, -0],
      [3, 3],
      [-Infinity, Infinity],
      [-1e-30, 1e-30],
    ]);
    // Slopes 0.5 and -0.25. `+ 0` makes 0 of -0, which differs between engines and is equal to it.
    const y = await prelu(tf, x, tf.tensor1d([0.5, -0.25])).data();
    expect(Array.from(y, value => value + 0)).toEqual(
      [-1, 0.5, 0, 0, 3, 3, -Infinity, Infinity, -0.5e-30, 1e-30].map(Math.fround),
    );
  });

  test('gradients by hand: in x 1 above 0 and else the slope, in the slope the sum of dy * min(0, x)', async () => {
    const x = tf.tensor2d([
      [-2, -3],
      [0, -0],
      [3, -4],
    ]);
    const dy = tf.tensor2d([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    const [dx, dSlope] = tf.grads((x: Tensor, slope: Tensor) => prelu(tf, x, slope))(
      [x, tf.tensor1d([0.5, -0.25])],
      dy,
    );
    // Rows: dy * (slope | slope | 1 or slope).
    expect([...(await dx!.data())]).toEqual([1 * 0.5, 10 * -0.25, 2 * 0.5, 20 * -0.25, 3 * 1, 30 * -0.25]);
    expect([...(await dSlope!.data())]).toEqual([1 * -2, 10 * -3 + 30 * -4]);
  });

  test('gradients equal the formula on pictures', async () => {
    const shape = [3, 5, 4, 6] as const;
    const [x, dy, slope] = [normal(shape), normal(shape, 'dy'), normal([6], 'slope')];
    const [dx, dSlope] = tf.grads((x: Tensor, slope: Tensor) => prelu(tf, x, slope))(
      [tf.tensor(x, [...shape]), tf.tensor1d(slope)],
      tf.tensor(dy, [...shape]),
    );
    const wantedSlope = new Float64Array(6);
    const wanted = Array.from(x, (value, i) => {
      if (value < 0) wantedSlope[i % 6]! += dy[i]! * value;
      return dy[i]! * (value > 0 ? 1 : slope[i % 6]!);
    });
    expect(dx!.shape).toEqual(shape);
    expect(relativeDifference(await dx!.data(), wanted)).toBeLessThan(1e-6);
    expect(relativeDifference(await dSlope!.data(), wantedSlope)).toBeLessThan(1e-5);
  });

  test('a value that is not a number does not become one', async () => {
    const f = (x: Tensor): Tensor => prelu(tf, x, tf.tensor1d([0.25]));
    const { value, grad } = tf.valueAndGrad((x: Tensor) => tf.sum(f(x)))(tf.tensor2d([[NaN]]));
    expect((await value.data())[0]).toBeNaN();
    // wasm clamps what it computes, which makes -Infinity of it.
    expect(Number.isFinite((await grad.data())[0])).toBe(false);
  });
});
