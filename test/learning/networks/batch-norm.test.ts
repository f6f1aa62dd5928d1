import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { normaliseBatch, normaliseWith, type BatchStatistics } from '../../../src/learning/networks/batch-norm';
import { normal, relativeDifference } from '../../helpers/engines';

interface Reference {
  readonly y: number[];
  readonly dx: number[];
  readonly dGamma: number[];
  readonly dBeta: number[];
  readonly mean: number[];
  readonly unbiased: number[];
}

/** Ioffe and Szegedy 2015, algorithm 1 and the chain rule of section 3, in float64; the last index of x is the channel. */
function reference(x: Float32Array, gamma: Float32Array, beta: Float32Array, dy: Float32Array): Reference {
  const channels = gamma.length;
  const m = x.length / channels;
  const sums = (f: (i: number, c: number) => number): number[] => {
    const totals = Array.from(gamma, () => 0);
    x.forEach((_, i) => (totals[i % channels]! += f(i, i % channels)));
    return totals;
  };
  const each = (f: (i: number, c: number) => number): number[] => Array.from(x, (_, i) => f(i, i % channels));
  const mean = sums(i => x[i]! / m);
  const variance = sums((i, c) => (x[i]! - mean[c]!) ** 2 / m);
  const std = variance.map(value => Math.sqrt(value + 1e-5));
  const xHat = each((i, c) => (x[i]! - mean[c]!) / std[c]!);
  const dXHat = each((i, c) => dy[i]! * gamma[c]!);
  const dVariance = sums((i, c) => (dXHat[i]! * (x[i]! - mean[c]!) * -0.5) / std[c]! ** 3);
  const dMeanDirect = sums((i, c) => -dXHat[i]! / std[c]!);
  const dMeanThroughVariance = sums((i, c) => (dVariance[c]! * -2 * (x[i]! - mean[c]!)) / m);
  return {
    y: each((i, c) => gamma[c]! * xHat[i]! + beta[c]!),
    dx: each(
      (i, c) =>
        dXHat[i]! / std[c]! +
        (dVariance[c]! * 2 * (x[i]! - mean[c]!)) / m +
        (dMeanDirect[c]! + dMeanThroughVariance[c]!) / m,
    ),
    dGamma: sums(i => dy[i]! * xHat[i]!),
    dBeta: sums(i => dy[i]!),
    mean,
    unbiased: variance.map(value => (value * m) / (m - 1)),
  };
}

describe.each(['cpu', 'wasm'] as const)('on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test.each<[string, number[], number]>([
    ['pictures', [3, 5, 4, 6], 0],
    ['single pixels', [8, 1, 1, 6], 0],
    ['rows of values', [16, 6], 0],
    ['values far from 0', [3, 5, 4, 6], 1000],
  ])('normaliseBatch() of %s has the values, statistics and gradients of the paper', async (_, shape, offset) => {
    const x = normal(shape).map(value => value + offset);
    const [gamma, beta, dy] = [normal([6], 'gamma'), normal([6], 'beta'), normal(shape, 'dy')];
    const wanted = reference(x, gamma, beta, dy);
    const statistics: BatchStatistics[] = [];
    const f = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor =>
      normaliseBatch(tf, x, gamma, beta, found => statistics.push(found));
    const inputs = [tf.tensor(x, shape), tf.tensor1d(gamma), tf.tensor1d(beta)] as const;
    const y = f(...inputs);
    const gradients = tf.grads(f)([...inputs], tf.tensor(dy, shape));

    // A float32 of 1000 has steps of 6e-5, and so has its mean.
    const tolerance = offset === 0 ? 1e-5 : 2e-4;
    expect(y.shape).toEqual(shape);
    expect(relativeDifference(await y.data(), wanted.y)).toBeLessThan(tolerance);
    for (const [i, values] of [wanted.dx, wanted.dGamma, wanted.dBeta].entries()) {
      expect(relativeDifference(await gradients[i]!.data(), values)).toBeLessThan(tolerance);
    }
    expect(statistics).toHaveLength(2);
    for (const { mean, variance } of statistics) {
      expect([mean.shape, variance.shape]).toEqual([[6], [6]]);
      expect(relativeDifference(await mean.data(), wanted.mean)).toBeLessThan(1e-5);
      expect(relativeDifference(await variance.data(), wanted.unbiased)).toBeLessThan(tolerance);
    }
  });

  test('normaliseBatch() of one value, or of equal ones, gives beta, variance 0 and no gradient in x', async () => {
    for (const rows of [1, 5]) {
      let found: BatchStatistics | undefined;
      const f = (x: Tensor): Tensor => normaliseBatch(tf, x, tf.ones([2]), tf.tensor1d([0.5, -1]), s => (found = s));
      const x = tf.tile(tf.tensor2d([[7, -3]]), [rows, 1]);
      expect([...(await f(x).data())]).toEqual(Array.from({ length: rows }, () => [0.5, -1]).flat());
      expect([...(await found!.mean.data())]).toEqual([7, -3]);
      expect([...(await found!.variance.data())]).toEqual([0, 0]);
      const dx = await tf
        .grad(f)(x, tf.ones([rows, 2]))
        .data();
      expect(Array.from(dx, value => value + 0)).toEqual(Array.from({ length: 2 * rows }, () => 0));
    }
  });

  test('normaliseBatch() leaves two tensors in a tidy: the statistics, until they are disposed', async () => {
    const before = tf.memory().numTensors;
    let found: BatchStatistics | undefined;
    tf.tidy(() => {
      tf.grad((x: Tensor) => normaliseBatch(tf, x, tf.ones([2]), tf.zeros([2]), s => (found = s)))(tf.ones([3, 2]));
    });
    expect(tf.memory().numTensors).toBe(before + 2);
    expect([...(await found!.mean.data())]).toEqual([1, 1]);
    tf.dispose([found!.mean, found!.variance]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('normaliseWith() by hand: (x - mean) / std * gamma + beta, and a variance of 0 stays finite', async () => {
    const y = await normaliseWith(
      tf,
      tf.tensor2d([
        [5, 2],
        [1, 3],
      ]),
      {
        gamma: tf.tensor1d([2, 1]),
        beta: tf.tensor1d([0.5, 0]),
        mean: tf.tensor1d([3, 2]),
        variance: tf.tensor1d([4, 0]),
      },
    ).data();
    // (5 - 3) / 2 * 2 + 0.5; (1 - 3) / 2 * 2 + 0.5; (3 - 2) / sqrt(1e-5). Epsilon moves the first two by 2e-6.
    for (const [i, wanted] of [2.5, 0, -1.5, 1 / Math.sqrt(1e-5)].entries()) expect(y[i]).toBeCloseTo(wanted, 3);
  });
});
