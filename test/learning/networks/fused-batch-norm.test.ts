import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import type { BatchStatistics } from '../../../src/learning/networks';
import { normaliseAndActivate } from '../../../src/learning/networks/fused-batch-norm';
import { normal, relativeDifference } from '../../helpers/engines';

interface Given {
  readonly x: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  /** Empty without PReLU. */
  readonly slope: Float32Array;
}

/** Everything the function gives: y, mean, unbiased variance, and the gradients of sum(dy * y) by x, gamma, beta and slope. */
type Results = Record<'y' | 'mean' | 'variance' | 'dx' | 'dGamma' | 'dBeta' | 'dSlope', Float32Array>;

function compute(tf: Tf, shape: number[], { x, gamma, beta, slope }: Given, dy: Float32Array): Results {
  let found: BatchStatistics | undefined;
  const read = (tensor?: Tensor): Float32Array => Float32Array.from(tensor?.dataSync() ?? []);
  const results = tf.tidy(() => {
    const withSlope = slope.length > 0;
    const run = tf.grads((x: Tensor, gamma: Tensor, beta: Tensor, slope?: Tensor) => {
      tf.dispose(found ? [found.mean, found.variance] : []);
      return normaliseAndActivate(tf, x, { gamma, beta, ...(slope && { slope }) }, statistics => (found = statistics));
    });
    const inputs = [
      tf.tensor(x, shape),
      ...[gamma, beta, ...(withSlope ? [slope] : [])].map(values => tf.tensor(values)),
    ];
    const [dx, dGamma, dBeta, dSlope] = run(inputs, tf.tensor(dy, shape));
    const parameters = { gamma: inputs[1]!, beta: inputs[2]!, ...(withSlope && { slope: inputs[3]! }) };
    const y = normaliseAndActivate(tf, inputs[0]!, parameters, ({ mean, variance }) => tf.dispose([mean, variance]));
    return {
      ...{ y: read(y), mean: read(found!.mean), variance: read(found!.variance) },
      ...{ dx: read(dx), dGamma: read(dGamma), dBeta: read(dBeta), dSlope: read(dSlope) },
    };
  });
  tf.dispose([found!.mean, found!.variance]);
  return results;
}

/** In float64 from the formula. */
function plain({ x, gamma, beta, slope }: Record<keyof Given, ArrayLike<number>>): number[] {
  const [channels, rows] = [gamma.length, x.length / gamma.length];
  const values = Array.from(x);
  const over = (f: (value: number, c: number) => number): number[] =>
    Array.from({ length: channels }, (_, c) =>
      values.reduce((sum, value, i) => (i % channels === c ? sum + f(value, c) / rows : sum), 0),
    );
  const mean = over(value => value);
  const variance = over((value, c) => (value - mean[c]!) ** 2);
  return values.map((value, i) => {
    const c = i % channels;
    const z = ((value - mean[c]!) / Math.sqrt(variance[c]! + 1e-5)) * gamma[c]! + beta[c]!;
    return z < 0 && slope.length > 0 ? z * slope[c]! : z;
  });
}

const given = (shape: number[], withSlope: boolean): Given => {
  const channels = [shape.at(-1)!];
  return {
    x: normal(shape),
    gamma: normal(channels, 'gamma').map(value => 1 + value / 4),
    beta: normal(channels, 'beta'),
    slope: withSlope ? normal(channels, 'slope') : new Float32Array(),
  };
};

describe.each(['cpu', 'wasm'] as const)('normaliseAndActivate() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test.each([true, false])('has the gradients of finite differences in float64 (with PReLU: %p)', withSlope => {
    const shape = [3, 2, 2, 6];
    const [values, dy] = [given(shape, withSlope), normal(shape, 'dy')];
    const found = compute(tf, shape, values, dy);
    expect(relativeDifference(found.y, plain(values))).toBeLessThan(1e-5);
    const weighted = (inputs: Record<keyof Given, ArrayLike<number>>): number =>
      plain(inputs).reduce((sum, value, i) => sum + value * dy[i]!, 0);
    const slopes = { x: found.dx, gamma: found.dGamma, beta: found.dBeta, slope: found.dSlope };
    for (const [name, gradient] of Object.entries(slopes)) {
      const exact = Array.from(values[name as keyof Given], (_, i) => {
        const moved = (by: number): number =>
          weighted({ ...values, [name]: Array.from(values[name as keyof Given], (v, j) => (i === j ? v + by : v)) });
        return (moved(1e-6) - moved(-1e-6)) / 2e-6;
      });
      expect(relativeDifference(gradient, exact)).toBeLessThan(1e-4);
    }
  });
});

describe('the fused form on wasm', () => {
  test.each<[string, number[], boolean, number]>([
    ['pictures', [2, 9, 7, 64], true, 0],
    ['pictures without PReLU', [2, 9, 7, 24], false, 0],
    ['more rows than a strip', [5, 40, 40, 8], true, 0],
    ['channels that fill no vector', [3, 4, 5, 7], true, 0],
    ['one channel', [4, 3, 3, 1], true, 0],
    ['rows of many values', [6, 5000], true, 0],
    ['rows', [16, 512], false, 0],
    // Without PReLU, whose kink rounding would move.
    ['values far from 0', [4, 30, 30, 8], false, 1000],
  ])('agrees with the composed form on cpu for %s', async (_, shape, withSlope, offset) => {
    const values = given(shape, withSlope);
    const moved = { ...values, x: values.x.map(value => value + offset) };
    const dy = normal(shape, 'dy');
    const wanted = compute(await startEngine('cpu'), shape, moved, dy);
    const found = compute(await startEngine('wasm'), shape, moved, dy);
    const tolerance = offset > 0 ? 1e-3 : 1e-5;
    for (const name of ['y', 'mean', 'variance', 'dx', 'dGamma', 'dBeta', 'dSlope'] as const) {
      expect([name, relativeDifference(found[name], wanted[name])]).toEqual([
        name,
        expect.closeTo(0, -Math.log10(2 * tolerance)),
      ]);
    }
  });

  test('leaves no tensor behind', async () => {
    const tf = await startEngine('wasm');
    const shape = [2, 3, 3, 8];
    const before = tf.memory().numTensors;
    compute(tf, shape, given(shape, true), normal(shape, 'dy'));
    expect(tf.memory().numTensors).toBe(before);
  });
});
