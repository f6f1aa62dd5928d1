import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { planEpoch, stepsPerEpoch } from '../../../src/learning/training/batches';
import { clipFactor, normsOf } from '../../../src/learning/training/clip';
import { updateRunningStatistics } from '../../../src/learning/training/running-statistics';
import { BASE_RECIPE, changed } from '../../helpers/recipes';
import { startSgd } from '../../helpers/start-sgd';
import { TEST_ENGINES } from '../../helpers/usable-engines';

describe('planEpoch()', () => {
  const samplesOf = (count: number) => ({ count, labels: new Int32Array(count) });
  const plan = (count: number, seed: number, epoch: number, flip = true) => [
    ...planEpoch(samplesOf(count), changed(BASE_RECIPE, { seed, batch: 4, flip }), epoch),
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

  test('without its first batches shows the same views in those behind them', () => {
    const whole = plan(15, 1, 2);
    for (let from = 0; from <= 4; from++) {
      expect([...planEpoch(samplesOf(15), changed(BASE_RECIPE, { batch: 4, flip: true }), 2, from)]).toEqual(
        whole.slice(from),
      );
    }
  });

  test('mirrors half of the faces, within four standard errors, and none without flip', () => {
    const n = 4000;
    const share = (flip: boolean): number =>
      plan(n, 1, 0, flip).reduce((sum, { mirrored }) => sum + mirrored.reduce((a, b) => a + b, 0), 0) / n;
    expect(Math.abs(share(true) - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n));
    expect(share(false)).toBe(0);
  });
});

test('clipFactor() by hand: shortens to the limit, and never lengthens', () => {
  expect(clipFactor(5, 2.5)).toBeCloseTo(0.5, 6);
  expect(clipFactor(5, 100)).toBe(1);
  expect(clipFactor(0, 5)).toBe(1);
});

describe.each(TEST_ENGINES)('on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test('sgd continues from velocities that it is given', () => {
    const take = (steps: number, parameters: Map<string, Tensor>, velocities: Map<string, Tensor>): void => {
      const optimizer = startSgd(tf, { momentum: 0.9, weightDecay: 0.01 }, velocities);
      for (let i = 0; i < steps; i++) {
        const gradient = tf.tensor1d([1, -2]);
        optimizer.step(parameters, [{ name: 'w', gradient }], 0.1);
        gradient.dispose();
      }
    };
    const values = (tensors: Map<string, Tensor>): number[] => [...tensors.get('w')!.dataSync()];
    const copy = (tensors: Map<string, Tensor>): Map<string, Tensor> => new Map([['w', tf.tensor1d(values(tensors))]]);
    const [parameters, velocities] = [new Map<string, Tensor>([['w', tf.tensor1d([1, 1])]]), new Map<string, Tensor>()];
    take(2, parameters, velocities);
    const later: [Map<string, Tensor>, Map<string, Tensor>] = [copy(parameters), copy(velocities)];
    take(3, parameters, velocities);
    take(3, ...later);
    expect(values(later[0])).toEqual(values(parameters));
    expect(values(later[1])).toEqual(values(velocities));
    // Without them it is another step.
    const without = copy(parameters);
    take(1, without, new Map());
    take(1, parameters, velocities);
    expect(values(without)).not.toEqual(values(parameters));
    startSgd(tf, { momentum: 0.9, weightDecay: 0 }, velocities).dispose();
    tf.dispose([...parameters.values(), ...without.values(), ...later[0].values(), ...later[1].values()]);
  });

  test('sgd by hand over two steps: momentum, weight decay and clipping in the convention of PyTorch', async () => {
    const parameters = new Map<string, Tensor>([['w', tf.tensor1d([2, -4])]]);
    const optimizer = startSgd(tf, { momentum: 0.9, weightDecay: 0.1 });
    const factor = 0.5;
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

  test('sgd gives its tensors back and leaves the gradients alone', () => {
    const parameters = new Map<string, Tensor>([['w', tf.tensor1d([2, -4])]]);
    const gradient = tf.tensor1d([1, 1]);
    const before = tf.memory().numTensors;
    const optimizer = startSgd(tf, { momentum: 0.9, weightDecay: 0.1 });
    for (let step = 0; step < 3; step++) optimizer.step(parameters, [{ name: 'w', gradient }], 0.1);
    // The velocity.
    expect(tf.memory().numTensors).toBe(before + 1);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(gradient.isDisposed).toBe(false);
  });

  test('normsOf() by hand: of the first tensors together, and of the others', async () => {
    const tensors = [
      tf.tensor1d([3]),
      tf.tensor2d([
        [0, 4],
        [0, 0],
      ]),
      tf.tensor2d([[5, -12]]),
    ];
    const norms = async (first: number): Promise<number[]> => [...(await normsOf(tf, tensors, first).data())];
    expect(await norms(2)).toEqual([5, 13]);
    expect(await norms(0)).toEqual([0, Math.fround(Math.sqrt(25 + 169))]);
    expect(await norms(3)).toEqual([Math.fround(Math.sqrt(25 + 169)), 0]);
  });

  test('normsOf() tensors that are no numbers are none, in their group only', async () => {
    const [good, bad] = [tf.tensor1d([3, 4]), tf.tensor1d([1, NaN])];
    expect([...(await normsOf(tf, [good, bad], 1).data())]).toEqual([5, NaN]);
    expect([...(await normsOf(tf, [tf.tensor1d([1, Infinity]), good], 1).data())]).toEqual([Infinity, 5]);
  });

  test('updateRunningStatistics() moves a tenth of the way to the batch, and leaves the batch to the caller', async () => {
    const parameters = new Map<string, Tensor>([
      ['n/mean', tf.tensor1d([1])],
      ['n/variance', tf.tensor1d([2])],
    ]);
    const found = { mean: tf.tensor1d([11]), variance: tf.tensor1d([4]) };
    const before = tf.memory().numTensors;
    updateRunningStatistics(tf, parameters, new Map([['n', found]]));
    expect((await parameters.get('n/mean')!.data())[0]).toBeCloseTo(2, 6);
    expect((await parameters.get('n/variance')!.data())[0]).toBeCloseTo(2.2, 6);
    expect([...(await found.mean.data())]).toEqual([11]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
