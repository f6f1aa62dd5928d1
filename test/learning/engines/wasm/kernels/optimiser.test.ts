import { beforeAll, describe, expect, test } from '@jest/globals';
import type { NamedAttrMap, NamedTensorMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../../src/learning/engines/engine';
import { normal } from '../../../../helpers/engines';

let tf: Tf;
beforeAll(async () => {
  tf = await startEngine('wasm');
});

const run = (kernel: string, tensors: Tensor[], attributes: NamedAttrMap): Tensor[] =>
  [tf.engine().runKernel<Tensor[]>(kernel, tensors as unknown as NamedTensorMap, attributes)].flat();

const valuesOf = (tensor: Tensor): number[] => [...tensor.dataSync()];

const SGD = { learningRate: 0.5, momentum: 0.25, weightDecay: 0.125 };

describe('FairSgd', () => {
  test('v = 0.25 v + (factor g + 0.125 w) and w = w - 0.5 v, in place, for every weight', () => {
    const weights = [tf.tensor([8, -16, 24, 32, 40]), tf.tensor([[16]])];
    const gradients = [tf.tensor([1, 2, 3, 4, 5]), tf.tensor([[10]])];
    const velocities = [tf.tensor([4, 4, 4, 4, 4]), tf.tensor([[0]])];
    run('FairSgd', [...weights, ...gradients, ...velocities], { factors: [2, 1], ...SGD });
    // 0.25 * 4 + (2 * 1 + 0.125 * 8) = 4; 8 - 0.5 * 4 = 6.
    expect(velocities.map(valuesOf)).toEqual([[4, 3, 10, 13, 16], [12]]);
    expect(weights.map(valuesOf)).toEqual([[6, -17.5, 19, 25.5, 32], [10]]);
    expect(gradients.map(valuesOf)).toEqual([[1, 2, 3, 4, 5], [10]]);
    tf.dispose([...weights, ...gradients, ...velocities]);
  });

  test('makes kernels of the package forget the weights that they have packed', () => {
    const shape: [number, number, number, number] = [3, 3, 2, 2];
    const [x, weights] = [tf.tensor4d(normal([1, 5, 5, 2]), [1, 5, 5, 2]), tf.tensor4d(normal(shape), shape)];
    // Two filters a channel: XNNPACK's.
    const convolve = (filter: Tensor4D): number[] => tf.tidy(() => valuesOf(tf.depthwiseConv2d(x, filter, 1, 'same')));
    convolve(weights);
    const [gradients, velocities] = [tf.ones(shape), tf.zeros(shape)];
    run('FairSgd', [weights, gradients, velocities], { factors: [1], ...SGD });
    const copy = tf.tensor4d(weights.dataSync(), shape);
    expect(convolve(weights)).toEqual(convolve(copy));
    tf.dispose([x, weights, gradients, velocities, copy]);
  });

  test('refuses a weight that shares its values with another tensor', () => {
    const tensors = ['weight', 'gradient', 'velocity'].map(() => tf.ones([2]));
    const shared = tf.clone(tensors[0]!);
    expect(() => run('FairSgd', tensors, { factors: [1], ...SGD })).toThrow('shares its memory');
    expect(valuesOf(shared)).toEqual([1, 1]);
    tf.dispose([...tensors, shared]);
  });
});

describe('FairNorms', () => {
  test('are the Euclidean lengths of the first tensors together and of the others', () => {
    const tensors = [tf.tensor([3, 0]), tf.tensor([[4]]), tf.fill([100_001], 2)];
    const [norms] = run('FairNorms', tensors, { first: 2 });
    const [first, others] = valuesOf(norms!);
    expect(first).toBe(5);
    expect(others! / (2 * Math.sqrt(100_001))).toBeCloseTo(1, 7);
    tf.dispose([...tensors, norms!]);
  });

  test.each([NaN, Infinity])('show a %p', value => {
    const tensors = [tf.tensor([1, 2, 3, 4, value])];
    const [norms] = run('FairNorms', tensors, { first: 1 });
    expect(valuesOf(norms!)).toEqual([value, 0]);
    tf.dispose([...tensors, norms!]);
  });
});

test('FairMovingAverage moves the first half of its tensors towards the second by a share, in place', () => {
  const tensors = [tf.tensor([8, 16]), tf.tensor([4]), tf.tensor([0, 32]), tf.tensor([8])];
  run('FairMovingAverage', tensors, { share: 0.25 });
  expect(tensors.map(valuesOf)).toEqual([[6, 20], [5], [0, 32], [8]]);
  tf.dispose(tensors);
});
