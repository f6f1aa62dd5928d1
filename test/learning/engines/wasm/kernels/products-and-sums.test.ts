import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../../src/learning/engines/engine';
import { expectClose, normal, on } from '../../../../helpers/engines';

const given = (tf: Tf, shape: number[], label?: string): Tensor => tf.tensor(normal(shape, label), shape);

describe('batchMatMul', () => {
  test.each<[number[], boolean, number[], boolean]>([
    [[3, 5], false, [5, 4], false],
    [[5, 3], true, [5, 4], false],
    [[3, 5], false, [4, 5], true],
    [[2, 6], false, [64, 6], true],
    [[5, 3], true, [4, 5], true],
    [[6, 2], true, [64, 6], true],
    [[1, 1], true, [1, 1], true],
    [[1, 3, 5], false, [1, 4, 5], true],
    [[2, 5, 3], true, [2, 4, 5], true],
    [[2, 3, 5], false, [1, 5, 4], false],
  ])(
    '%j (transposed: %j) times %j (transposed: %j) agrees with the cpu engine',
    async (a, transposeA, b, transposeB) => {
      const compute = (tf: Tf): Tensor => tf.matMul(given(tf, a, 'a'), given(tf, b, 'b'), transposeA, transposeB);
      expectClose(await on('wasm', compute), await on('cpu', compute));
    },
  );

  test('a right factor that was a right factor before in another shape is not multiplied in the old one', async () => {
    const compute = (tf: Tf): Tensor[] => {
      const data = given(tf, [4, 6]);
      const shapes: [number, number][] = [
        [4, 6],
        [2, 12],
        [12, 2],
        [4, 6],
      ];
      return shapes.map(shape => tf.matMul(tf.ones([1, shape[0]]), tf.reshape(data, shape)));
    };
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });
});

describe('sum and mean', () => {
  test.each<[number[], number[] | undefined]>([
    [
      [3, 4, 5, 6],
      [0, 1, 2],
    ],
    [[3, 4, 5, 6], [0]],
    [
      [3, 4, 5, 6],
      [1, 0],
    ],
    [
      [3, 4, 5, 6],
      [1, 2],
    ],
    [[3, 4, 5, 6], [-1]],
    [
      [3, 4, 5, 1],
      [-2, 0, 1],
    ],
    [[7, 3], [0]],
    [[1, 3], [0]],
    [[5], [0]],
    [[3, 4], undefined],
  ])('of %j over %j agree with the cpu engine', async (shape, axes) => {
    const compute = (tf: Tf): Tensor[] =>
      [true, false].flatMap(keep => [tf.sum(given(tf, shape), axes, keep), tf.mean(given(tf, shape), axes, keep)]);
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });

  test('of integers stay exact', async () => {
    const [found] = await on('wasm', tf => tf.sum(tf.tensor2d([1, 2, 16_777_217, 4], [2, 2], 'int32'), 0));
    const tf = await startEngine('wasm');
    const sum = tf.sum(tf.tensor2d([1, 2, 16_777_217, 4], [2, 2], 'int32'), 0);
    expect([...sum.dataSync()]).toEqual([16_777_218, 6]);
    expect(found!.shape).toEqual([2]);
  });

  test('of 100,000 values with a far mean keep five digits', async () => {
    const values = normal([100_000, 1]).map(value => value + 1000);
    const exact = values.reduce((total, value) => total + value, 0) / values.length;
    const [found] = await on('wasm', tf => tf.mean(tf.tensor(values, [100, 10, 100, 1]), [0, 1, 2]));
    expect(Math.abs(found!.values[0]! - exact) / exact).toBeLessThan(1e-5);
  });

  test('let what is not a number through, in its column only', async () => {
    const [found] = await on('wasm', tf => tf.sum(tf.tensor2d([1, NaN, 3, 4], [2, 2]), 0));
    expect([...found!.values]).toEqual([4, NaN]);
  });
});

describe('unsortedSegmentSum', () => {
  test('adds the rows of a segment, as the cpu engine', async () => {
    const compute = (tf: Tf): Tensor =>
      tf.unsortedSegmentSum(given(tf, [5, 3, 2]), tf.tensor1d([2, 0, 2, 2, 3], 'int32'), 5);
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });

  test('drops rows whose segment does not exist', async () => {
    const [found] = await on('wasm', tf =>
      tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([0, -1, 2, 1], 'int32'), 2),
    );
    expect([...found!.values]).toEqual([1, 8]);
  });
});
