import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine, type Tf } from '../../src/engines';
import { onednn } from '../../src/engines/onednn';
import { seededRandom } from '../../src/math/random';
import { initialise, parametersOf, trainForward, type Backbone, type Layer } from '../../src/networks';
import { planTraining } from '../../src/networks/plan';
import { STUDENTS } from '../../src/students';
import { normal } from '../helpers/engines';

const isBuilt = onednn.find('').usable;

const conv = (name: string, filters: number, kernel: number, rest: Partial<Extract<Layer, { op: 'conv' }>> = {}) =>
  ({ op: 'conv', name, filters, kernel, stride: 1, pad: (kernel - 1) / 2, ...rest }) as const;
const bn = (name: string, fixedGamma = false): Layer => ({ op: 'batch-norm', name, fixedGamma });
const prelu = (name: string): Layer => ({ op: 'prelu', name });

function backbone(layers: readonly Layer[], inputSize = 9): Backbone {
  return { name: 'odd', summary: '', inputSize, embeddingSize: 5, layers };
}

const END: readonly Layer[] = [
  { op: 'flatten', name: 'flatten' },
  { op: 'dense', name: 'dense', units: 5, bias: true },
  bn('end', true),
];

/** Every way in which values, activations and their gradients can meet, on shapes that fit no vector. */
const NETWORKS: readonly (readonly [string, Backbone])[] = [
  ['convolution, normalisation, PReLU', backbone([conv('a', 6, 3, { stride: 2 }), bn('b'), prelu('c'), ...END])],
  ['pointwise behind patches', backbone([conv('a', 24, 3, { stride: 3, pad: 0 }), bn('b'), prelu('c'), conv('d', 7, 1), bn('e'), ...END])],
  ['dense 3x3, stride 2, rest of a pixel', backbone([conv('a', 16, 1), bn('b'), conv('d', 9, 3, { stride: 2, pad: 0 }), bn('e'), prelu('f'), ...END], 10)],
  ['depthwise 3x3', backbone([conv('a', 16, 3), bn('b'), prelu('c'), conv('d', 16, 3, { groups: 16 }), bn('e'), prelu('f'), ...END])],
  ['depthwise with stride', backbone([conv('a', 7, 3), bn('b'), conv('d', 7, 3, { groups: 7, stride: 2 }), bn('e'), ...END])],
  ['global depthwise', backbone([conv('a', 8, 3), conv('d', 8, 9, { groups: 8, pad: 0 }), bn('e'), ...END])],
  ['residual, identity', backbone([conv('a', 8, 3), bn('b'), prelu('c'), { op: 'residual', name: 'r', body: [conv('d', 8, 1), bn('e')], shortcut: [] }, conv('g', 6, 1), ...END])],
  ['residual of one 3x3', backbone([conv('a', 8, 3), { op: 'residual', name: 'r', body: [conv('d', 8, 3), bn('e'), prelu('f')], shortcut: [] }, { op: 'residual', name: 's', body: [conv('h', 8, 3), bn('i')], shortcut: [] }, ...END])],
  ['pre-activated residual with shortcut', backbone([conv('a', 8, 3), bn('b'), prelu('c'), { op: 'residual', name: 'r', body: [bn('n'), conv('d', 6, 3), bn('e'), prelu('p'), conv('f', 6, 3, { stride: 2 }), bn('g')], shortcut: [conv('h', 6, 1, { stride: 2 }), bn('i')] }, bn('l'), ...END])],
  ['pre-activated residual, identity', backbone([conv('a', 8, 3), { op: 'residual', name: 'r', body: [bn('n'), conv('d', 8, 3), bn('e')], shortcut: [] }, bn('l'), ...END])],
  ['a bottleneck', backbone([conv('a', 8, 3), bn('b'), { op: 'residual', name: 'r', body: [conv('d', 16, 1), bn('e'), prelu('f'), conv('g', 16, 3, { groups: 16 }), bn('h'), prelu('i'), conv('j', 8, 1), bn('k')], shortcut: [] }, ...END])],
  ['PReLU without normalisation, twice normalised', backbone([conv('a', 8, 3), prelu('c'), bn('b'), bn('b2'), prelu('c2'), prelu('c3'), ...END])],
  ['normalisation behind flatten, no dense', backbone([conv('a', 4, 9, { pad: 0 }), { op: 'flatten', name: 'x' }, bn('y')])],
  ['dropout', backbone([conv('a', 8, 3), bn('b'), { op: 'dropout', name: 'drop', rate: 0.4 }, ...END])],
];

/** Gradients of every trained parameter, statistics and embeddings, by name. */
async function pass(tf: Tf, net: Backbone, batch: number): Promise<Map<string, Float32Array>> {
  const listed = parametersOf(net);
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape, values }] of initialise(net, seededRandom(3, 'weights'))) {
    const moved = values.map((value, i) => value + 0.1 * Math.sin(i + name.length));
    parameters.set(name, tf.tensor(moved, [...shape], 'float32'));
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
      return tf.sum(tf.mul(y, tf.tensor(normal(y.shape, 'weights'), y.shape)));
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
 * rounding: such an array is held against the largest of all.
 */
function apart(found: ReadonlyMap<string, Float32Array>, wanted: ReadonlyMap<string, Float32Array>, tolerance: number) {
  const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const floor = 1e-3 * Math.max(...[...wanted.values()].map(largest));
  return [...found].flatMap(([name, values]) => {
    const scale = Math.max(floor, largest(wanted.get(name)!));
    const difference = largest(values.map((value, i) => value - wanted.get(name)![i]!)) / scale;
    return difference <= tolerance ? [] : [`${name}: ${difference}`];
  });
}

describe('trainForward()', () => {
  test.each(NETWORKS)('%s: at once on onednn is what the layers give on cpu', async (_, net) => {
    if (!isBuilt) return;
    expect(planTraining(net)).toBeDefined();
    const wanted = await pass(await startEngine('cpu'), net, 4);
    const found = await pass(await startEngine('onednn'), net, 4);
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    expect(apart(found, wanted, 1e-4)).toEqual([]);
  });

  test.each(STUDENTS.map(net => [net.name, net] as const))('%s is planned', (_, net) => {
    expect(planTraining(net)).toBeDefined();
  });
});
