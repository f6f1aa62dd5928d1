import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../../../../src/learning/engines/engine';
import { expectClose, normal, on } from '../../../../helpers/engines';

const given = (tf: Tf, shape: number[], label?: string): Tensor => tf.tensor(normal(shape, label), shape);

describe('add', () => {
  test.each([
    [[19], [19]],
    [
      [3, 5, 7],
      [3, 5, 7],
    ],
    [
      [3, 5, 7],
      [5, 1],
    ],
    [
      [2, 0],
      [2, 0],
    ],
  ])('of %j and %j agrees with the cpu engine', async (a, b) => {
    const compute = (tf: Tf): Tensor => tf.add(given(tf, a, 'a'), given(tf, b, 'b'));
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });
});

describe('prelu', () => {
  test.each([
    [[2, 3, 4, 6], [6]],
    [
      [2, 3, 4, 6],
      [1, 1, 6],
    ],
    [
      [2, 3, 4, 6],
      [3, 1, 1],
    ],
    [[5, 9], [9]],
  ])('of %j with slopes %j agrees with the cpu engine', async (shape, slopes) => {
    const compute = (tf: Tf): Tensor => tf.prelu(given(tf, shape), given(tf, slopes, 'slope'));
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });

  test('keeps what is not a number, and zeros of both signs', async () => {
    const [found] = await on('wasm', tf => tf.prelu([NaN, 0, -0, -4, Infinity], [2, 2, 2, 2, 2]));
    expect([...found!.values]).toEqual([NaN, 0, -0, -8, Infinity]);
  });
});
