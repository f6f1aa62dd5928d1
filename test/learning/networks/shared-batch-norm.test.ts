import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { EngineName } from '../../../src/learning/engines';
import type { Tf } from '../../../src/learning/engines/engine';
import type { BatchStatistics } from '../../../src/learning/networks';
import { presentPeers, withPeers, type Peers } from '../../../src/learning/networks/batch-norm';
import { normaliseAndActivate } from '../../../src/learning/networks/fused-batch-norm';
import { normal, relativeDifference } from '../../helpers/engines';

/** [rows, channels]. */
type Rows = Float32Array;

interface Given {
  readonly x: Rows;
  /** Gradient of the result. */
  readonly dy: Rows;
}

interface Results {
  readonly y: Rows;
  readonly dx: Rows;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  /** By gamma, beta and, with PReLU, slope. */
  readonly gradients: readonly Float32Array[];
}

function compute(tf: Tf, { x, dy }: Given, parameters: readonly Float32Array[]): Results {
  const channels = parameters[0]!.length;
  const shape = [x.length / channels, 1, 1, channels];
  return tf.tidy(() => {
    let found: BatchStatistics | undefined;
    const inputs = [tf.tensor(x, shape), ...parameters.map(values => tf.tensor1d(values))];
    const run = (x: Tensor, gamma: Tensor, beta: Tensor, slope?: Tensor): Tensor =>
      normaliseAndActivate(tf, x, { gamma, beta, ...(slope && { slope }) }, statistics => (found = statistics));
    let value: Tensor | undefined;
    const weighted = (...all: Tensor[]): Tensor => {
      value = tf.keep(run(...(all as [Tensor, Tensor, Tensor, Tensor?])));
      return value;
    };
    const [dx, ...gradients] = tf.grads(weighted)(inputs, tf.tensor(dy, shape)).map(read);
    const results = { y: read(value!), dx: dx!, mean: read(found!.mean), variance: read(found!.variance), gradients };
    tf.dispose([value!, found!.mean, found!.variance]);
    return results;
  });
}

function read(tensor: Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}

const WAITING = new Error('waits for the others');

/** What peers compute together, in one thread: each is run again and again, as far as what the others gave is known. */
function together(tf: Tf, parts: readonly Given[], run: (part: Given) => Results): Results[] {
  const known: Float32Array[][] = [];
  for (;;) {
    const latest: Float32Array[] = [];
    const results = parts.map((part, index) => {
      let calls = 0;
      const gather: Peers['gather'] = values => {
        const all = known[calls++];
        if (all) return all;
        latest[index] = values.slice();
        throw WAITING;
      };
      try {
        return withPeers(tf, { count: parts.length, gather }, () => run(part));
      } catch (error) {
        if (error !== WAITING) throw error;
        return undefined;
      }
    });
    if (latest.length === 0) return results as Results[];
    known.push(latest);
  }
}

describe.each<EngineName>(['cpu', 'wasm'])('batch normalisation among peers on %s', engine => {
  test.each<[string, number, boolean, number, number, number]>([
    ['two peers', 2, true, 12, 8, 0],
    ['three peers', 3, true, 15, 5, 0],
    ['without PReLU', 2, false, 12, 8, 0],
    ['one row each', 4, false, 4, 3, 0],
    // Without PReLU, whose kink rounding would move.
    ['values far from 0', 2, false, 40, 4, 1000],
  ])('is that of the whole batch: %s', async (_, count, withSlope, rows, channels, offset) => {
    const tf = await startEngine(engine);
    // The later rows are larger, so that every part has statistics of its own.
    const x = normal([rows, channels], 'x').map((value, i) => value * (1 + i / rows) + i / rows / channels + offset);
    const whole = { x, dy: normal([rows, channels], 'dy') };
    const parameters = ['gamma', 'beta', ...(withSlope ? ['slope'] : [])].map(name => normal([channels], name));
    const size = whole.x.length / count;
    const parts = Array.from({ length: count }, (_, i) => ({
      x: whole.x.slice(i * size, (i + 1) * size),
      dy: whole.dy.slice(i * size, (i + 1) * size),
    }));
    const wanted = compute(tf, whole, parameters);
    const found = together(tf, parts, part => compute(tf, part, parameters));

    const tolerance = offset > 0 ? 2e-3 : 2e-5;
    const concatenated = (of: (one: Results) => Rows): number[] => found.flatMap(one => [...of(one)]);
    expect(
      relativeDifference(
        concatenated(one => one.y),
        wanted.y,
      ),
    ).toBeLessThan(tolerance);
    expect(
      relativeDifference(
        concatenated(one => one.dx),
        wanted.dx,
      ),
    ).toBeLessThan(tolerance);
    for (const { mean, variance } of found) {
      expect(relativeDifference(mean, wanted.mean)).toBeLessThan(tolerance);
      expect(relativeDifference(variance, wanted.variance)).toBeLessThan(tolerance);
    }
    // A parameter's gradient is the sum of the peers' shares.
    for (const [i, gradient] of wanted.gradients.entries()) {
      const sum = gradient.map((_, c) => found.reduce((total, one) => total + one.gradients[i]![c]!, 0));
      expect(relativeDifference(sum, gradient)).toBeLessThan(tolerance);
    }
  });
});

describe('withPeers()', () => {
  test('leaves no peers behind, also when the pass throws', async () => {
    const tf = await startEngine('cpu');
    const peers: Peers = { count: 2, gather: values => [values, values] };
    expect(withPeers(tf, peers, () => presentPeers(tf))).toBe(peers);
    const failing = (): never => {
      throw new Error('no room');
    };
    expect(() => withPeers(tf, peers, failing)).toThrow('no room');
    expect(presentPeers(tf)).toBeUndefined();
  });
});
