import { beforeAll, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../src/learning/engines/engine';
import type { OnednnBackend } from '../../../../src/learning/engines/onednn/backend';
import { normsOf } from '../../../../src/learning/training/clip';
import { updateRunningStatistics } from '../../../../src/learning/training/running-statistics';
import { normal, relativeDifference } from '../../../helpers/engines';
import { startSgd, type StartedSgd } from '../../../helpers/start-sgd';
import { describeNative } from '../../../helpers/usable-engines';

/** Below, above and exactly what a thread takes at a time. */
const SIZES = [1, 3, 1000, 32_768, 100_003];
/** Few draws over and over: drawing each would take longer than everything else here. */
const DRAWS = normal([4099]);
const values = (size: number, start = 0): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => DRAWS[(i + start) % DRAWS.length]!);

const OPTIONS = { momentum: 0.9, weightDecay: 5e-4 };

describeNative('the fused optimiser', () => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine('onednn', { threads: 2 });
  });

  /** Weights after three steps, the first and the last gradient clipped. */
  function threeSteps(optimizer: StartedSgd): Float32Array[] {
    const names = SIZES.map(String);
    const parameters = new Map(SIZES.map(size => [String(size), tf.tensor1d(values(size))] as const));
    for (const [at, learningRate] of [0.1, 0.1, 0.01].entries()) {
      const updates = names.map((name, i) => ({
        name,
        gradient: tf.tensor1d(values(SIZES[i]!, 100 * at + 7)),
        ...((i === 0 || i === SIZES.length - 1) && { factor: 0.3 }),
      }));
      optimizer.step(parameters, updates, learningRate);
      tf.dispose(updates.map(({ gradient }) => gradient));
    }
    const weights = names.map(name => Float32Array.from(parameters.get(name)!.dataSync()));
    tf.dispose([...parameters.values()]);
    optimizer.dispose();
    return weights;
  }

  const fused = (): Float32Array[] => threeSteps(startSgd(tf, OPTIONS));

  test('FairSgd moves the weights as the composed form does', () => {
    const composed = threeSteps(startSgd(tf, OPTIONS, new Map(), true));
    for (const [i, weights] of fused().entries()) {
      expect(relativeDifference(weights, composed[i]!)).toBeLessThan(1e-6);
    }
  });

  test('FairSgd gives the same bits again, and with another number of threads', async () => {
    const first = fused();
    expect(fused()).toEqual(first);
    await startEngine('onednn', { threads: 1 });
    expect(fused()).toEqual(first);
    await startEngine('onednn', { threads: 2 });
  });

  test('FairSgd changes neither the array that a weight was made of nor one that was read out', () => {
    const [given, before, zeros] = [values(1000), values(1000), new Float32Array(1000)];
    const parameters = new Map<string, Tensor>([['w', tf.tensor1d(given)]]);
    const gradient = tf.tensor1d(zeros);
    const optimizer = startSgd(tf, { momentum: 0, weightDecay: 0.5 });
    optimizer.step(parameters, [{ name: 'w', gradient }], 1);
    const readOut = parameters.get('w')!.dataSync();
    expect(given).toEqual(before);
    expect(readOut).toEqual(before.map(value => value - 0.5 * value));
    optimizer.step(parameters, [{ name: 'w', gradient }], 1);
    expect(readOut).toEqual(before.map(value => 0.5 * value));
    expect(parameters.get('w')!.dataSync()).toEqual(before.map(value => 0.25 * value));
    optimizer.dispose();
    tf.dispose([gradient, ...parameters.values()]);
  });

  test('FairSgd keeps the memory of weights and velocities', () => {
    const pool = (tf.backend() as Partial<OnednnBackend>).pool!;
    const parameters = new Map<string, Tensor>([['w', tf.tensor1d(values(1000))]]);
    const gradient = tf.tensor1d(new Float32Array(1000));
    const optimizer = startSgd(tf, OPTIONS);
    const step = () => optimizer.step(parameters, [{ name: 'w', gradient }], 1);
    step();
    const [weight, { used, waiting }] = [parameters.get('w'), pool.statistics()];
    for (let i = 0; i < 3; i++) step();
    expect(parameters.get('w')).toBe(weight);
    expect(pool.statistics()).toMatchObject({ used, waiting });
    optimizer.dispose();
    tf.dispose([gradient, ...parameters.values()]);
  });

  test('FairSgd refuses a weight that is another tensor as well', () => {
    const weight = tf.tensor1d([1, 2]);
    const clone = tf.clone(weight);
    const optimizer = startSgd(tf, OPTIONS);
    const gradient = tf.tensor1d([1, 1]);
    expect(() => optimizer.step(new Map([['w', weight]]), [{ name: 'w', gradient }], 1)).toThrow('shares its memory');
    optimizer.dispose();
    tf.dispose([weight, clone, gradient]);
  });

  test('FairNorms are those of plain loops in double, the same bits with any number of threads', async () => {
    const gradients = SIZES.map(size => values(size));
    const norm = (arrays: Float32Array[]): number =>
      Math.sqrt(arrays.reduce((sum, array) => array.reduce((s, value) => s + value * value, sum), 0));
    const found = (): Float32Array =>
      tf.tidy(() => {
        const tensors = gradients.map(gradient => tf.tensor1d(gradient));
        return Float32Array.from(normsOf(tf, tensors, 3).dataSync());
      });
    const first = found();
    const wanted = [norm(gradients.slice(0, 3)), norm(gradients.slice(3))];
    expect(first).toEqual(Float32Array.from(wanted));
    await startEngine('onednn', { threads: 1 });
    expect(found()).toEqual(first);
    await startEngine('onednn', { threads: 2 });
  });

  test('FairNorms are finite where the squares of float32 are not', () => {
    const norms = normsOf(tf, [tf.tensor1d([3e30, 4e30])], 1);
    expect(norms.dataSync()[0]! / 5e30).toBeCloseTo(1, 6);
  });

  test('FairMovingAverage moves running statistics a tenth of the way, in place', () => {
    const [running, latest] = [values(300), values(300, 500)];
    const parameters = new Map<string, Tensor>([
      ['n/mean', tf.tensor1d(running)],
      ['n/variance', tf.tensor1d([2])],
    ]);
    const mean = parameters.get('n/mean')!;
    const found = { mean: tf.tensor1d(latest), variance: tf.tensor1d([4]) };
    updateRunningStatistics(tf, parameters, new Map([['n', found]]));
    expect(parameters.get('n/mean')).toBe(mean);
    const wanted = running.map((value, i) => 0.9 * value + 0.1 * latest[i]!);
    expect(relativeDifference(mean.dataSync(), wanted)).toBeLessThan(1e-6);
    expect(parameters.get('n/variance')!.dataSync()[0]).toBeCloseTo(2.2, 6);
  });
});
