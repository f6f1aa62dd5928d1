import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine, type Tf } from '../../src/engines';
import { planEpoch, stepsPerEpoch } from '../../src/training/batches';
import { clipFactor } from '../../src/training/clip';
import { updateRunningStatistics } from '../../src/training/running-statistics';
import { learningRateAt } from '../../src/training/schedule';
import { sgd } from '../../src/training/sgd';

describe('learningRateAt()', () => {
  test('drops at the start of each milestone, epochs counted from 0', () => {
    const rates = [0, 1, 2, 3, 4].map(epoch =>
      learningRateAt(epoch, { learningRate: 0.5, milestones: [2, 4], gamma: 0.1 }),
    );
    for (const [epoch, wanted] of [0.5, 0.5, 0.05, 0.05, 0.005].entries()) expect(rates[epoch]).toBeCloseTo(wanted, 12);
  });
});

describe('planEpoch()', () => {
  const plan = (count: number, seed: number, epoch: number, flip = true) => [
    ...planEpoch(count, { seed, batch: 4, flip }, epoch),
  ];

  test('shows every sample at most once, all but the remainder of the last batch', () => {
    const seen = plan(15, 1, 0).flatMap(({ samples }) => [...samples]);
    expect(seen).toHaveLength(stepsPerEpoch(15, 4) * 4);
    expect(seen).toHaveLength(12);
    expect(new Set(seen).size).toBe(12);
    expect(Math.max(...seen)).toBeLessThan(15);
  });

  test('is a function of seed and epoch', () => {
    expect(plan(40, 1, 0)).toEqual(plan(40, 1, 0));
    expect(plan(40, 1, 1)).not.toEqual(plan(40, 1, 0));
    expect(plan(40, 2, 0)).not.toEqual(plan(40, 1, 0));
  });

  test('mirrors half of the faces, within four standard errors, and none without flip', () => {
    const n = 4000;
    const share = (flip: boolean): number =>
      plan(n, 1, 0, flip).reduce((sum, { mirrored }) => sum + mirrored.reduce((a, b) => a + b, 0), 0) / n;
    expect(Math.abs(share(true) - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n));
    expect(share(false)).toBe(0);
  });
});

describe.each(['cpu', 'wasm'] as const)('on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test('sgd() by hand over two steps: momentum, weight decay and clipping in the convention of PyTorch', async () => {
    const parameters = new Map<string, Tensor>([['w', tf.tensor1d([2, -4])]]);
    const optimizer = sgd(tf, { momentum: 0.9, weightDecay: 0.1 });
    const factor = tf.scalar(0.5);
    optimizer.step(parameters, [{ name: 'w', gradient: tf.tensor1d([1, 1]), factor }], 0.1);
    // v = 0.5 * 1 + 0.1 * [2, -4] = [0.7, 0.1]; w = [2, -4] - 0.1 v = [1.93, -4.01].
    const first = await parameters.get('w')!.data();
    for (const [i, wanted] of [1.93, -4.01].entries()) expect(first[i]).toBeCloseTo(wanted, 5);
    optimizer.step(parameters, [{ name: 'w', gradient: tf.tensor1d([0, 2]) }], 0.1);
    // v = 0.9 [0.7, 0.1] + [0, 2] + 0.1 [1.93, -4.01] = [0.823, 1.689]; w = [1.93, -4.01] - 0.1 v.
    const second = await parameters.get('w')!.data();
    for (const [i, wanted] of [1.8477, -4.1789].entries()) expect(second[i]).toBeCloseTo(wanted, 5);
    optimizer.dispose();
  });

  test('clipFactor() by hand: the norm of all gradients together', async () => {
    const gradients = [
      tf.tensor1d([3]),
      tf.tensor2d([
        [0, 4],
        [0, 0],
      ]),
    ];
    expect((await clipFactor(tf, gradients, 2.5).data())[0]).toBeCloseTo(0.5, 5);
    expect((await clipFactor(tf, gradients, 100).data())[0]).toBe(1);
    expect((await clipFactor(tf, [tf.zeros([3])], 5).data())[0]).toBe(1);
  });

  test('updateRunningStatistics() moves a tenth of the way to the batch, and disposes what it replaces', async () => {
    const parameters = new Map<string, Tensor>([
      ['n/mean', tf.tensor1d([1])],
      ['n/variance', tf.tensor1d([2])],
    ]);
    const before = tf.memory().numTensors;
    updateRunningStatistics(tf, parameters, new Map([['n', { mean: tf.tensor1d([11]), variance: tf.tensor1d([4]) }]]));
    expect((await parameters.get('n/mean')!.data())[0]).toBeCloseTo(2, 6);
    expect((await parameters.get('n/variance')!.data())[0]).toBeCloseTo(2.2, 6);
    expect(tf.memory().numTensors).toBe(before);
  });
});
