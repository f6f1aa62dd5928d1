import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../src/learning/engines/engine';
import { seededRandom } from '../../src/kit/math/random';
import { initialisationOf, initialise, parametersOf, trainForward, type Backbone } from '../../src/learning/networks';
import { normal } from './engines';

/** What a training pass gives, by name. */
export type PassValues = ReadonlyMap<string, Float32Array>;

/**
 * Gradients of every trained parameter, statistics and embeddings, by name; `loss` is a weighted sum of the embeddings.
 * @param adjust another value for a parameter
 */
export async function trainingPass(
  tf: Tf,
  net: Backbone,
  batch: number,
  adjust = (_: string, values: Float32Array): Float32Array => values,
): Promise<PassValues> {
  const listed = parametersOf(net);
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape, values }] of initialise(start(net), seededRandom(3, 'weights'))) {
    const moved = values.map((value, i) => value + 0.1 * Math.sin(i + name.length));
    parameters.set(name, tf.tensor(adjust(name, moved), [...shape], 'float32'));
  }
  const trained = listed.filter(parameter => parameter.trained).map(({ name }) => name);
  const found = new Map<string, Tensor>();
  const grads = tf.tidy(() => {
    const shape = [batch, net.inputSize, net.inputSize, 3];
    const x = tf.tensor(normal(shape), shape);
    const { grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const all = new Map([...parameters, ...trained.map((name, i) => [name, tensors[i]!] as const)]);
      const y = trainForward(tf, net, all, x, {
        random: seededRandom(5, 'dropout'),
        onStatistics: (layer, { mean, variance }) => {
          found.set(`${layer}/mean`, mean).set(`${layer}/variance`, variance);
        },
      });
      found.set('embeddings', tf.keep(tf.clone(y)));
      const loss: Tensor = tf.sum(tf.mul(y, tf.tensor(normal(y.shape, 'weights'), y.shape)));
      found.set('loss', tf.keep(tf.clone(loss)));
      return loss;
    })(trained.map(name => parameters.get(name)!));
    return grads;
  });
  for (const [i, name] of trained.entries()) found.set(name, grads[i]!);
  const values = new Map<string, Float32Array>();
  for (const [name, tensor] of found) values.set(name, Float32Array.from(await tensor.data()));
  tf.dispose([...found.values(), ...parameters.values()]);
  return values;
}

/**
 * The arrays that differ by more than `tolerance` of their largest value. What a normalisation behind it cancels is zero but for
 * rounding: such an array is held against the largest of all. The loss, a sum in which terms cancel, against the length of what is summed.
 */
export function apart(found: PassValues, wanted: PassValues, tolerance: number): string[] {
  const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const floor = 1e-3 * Math.max(...[...wanted.values()].map(largest));
  return [...found].flatMap(([name, values]) => {
    const scale =
      name === 'loss' ? Math.hypot(...wanted.get('embeddings')!) : Math.max(floor, largest(wanted.get(name)!));
    const difference = largest(values.map((value, i) => value - wanted.get(name)![i]!)) / scale;
    return difference <= tolerance ? [] : [`${name}: ${difference}`];
  });
}

/** Euclidean distance of the named arrays taken together, as a share of their length. */
export function relativeDistance(found: PassValues, wanted: PassValues, names: readonly string[]): number {
  let [distance, length] = [0, 0];
  for (const name of names) {
    for (const [i, value] of wanted.get(name)!.entries()) {
      distance += (found.get(name)![i]! - value) ** 2;
      length += value ** 2;
    }
  }
  return Math.sqrt(distance / length);
}

/** Depthwise kernels as large as the others: rounding is compared over all gradients, and small kernels have the largest ones. */
function start(net: Backbone): Backbone {
  return { ...net, initialisation: initialisationOf(net.initialisation, 'he-fan-out-per-group') };
}
