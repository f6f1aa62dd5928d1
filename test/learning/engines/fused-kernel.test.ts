import { describe, expect, test } from '@jest/globals';
import type { NamedAttrMap, NamedTensorMap } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import { attributesOf, hasFused, KERNEL_NAMES } from '../../../src/learning/engines/fused-kernel';
import { TEST_ENGINES } from '../../helpers/usable-engines';

const SGD = { factors: [1], learningRate: 0.5, momentum: 0.9, weightDecay: 0 };

describe('attributesOf()', () => {
  test('gives what was told when it is exactly what the operation takes, in whatever order', () => {
    const { factors, ...rest } = SGD;
    const given = { ...rest, factors };
    expect(attributesOf('sgd', given)).toBe(given);
    expect(attributesOf('marginSoftmaxGrad', undefined)).toEqual({});
  });

  test.each<[string, object]>([
    ['no rate', { factors: [1], momentum: 0.9, weightDecay: 0 }],
    ['a rate that is undefined', { ...SGD, learningRate: undefined }],
    ['a rate that is no number', { ...SGD, learningRate: NaN }],
    ['a whole recipe', { ...SGD, epochs: 3 }],
    ['another name', { factors: [1], rate: 0.5, momentum: 0.9, weightDecay: 0 }],
    ['a name that every object has', { factors: [1], toString: 1, momentum: 0.9, weightDecay: 0 }],
    ['nothing', {}],
  ])('refuses %s', (_, given) => {
    expect(() => attributesOf('sgd', given)).toThrow('want [factors, learningRate, momentum, weightDecay]');
  });

  test('refuses attributes where the operation takes none', () => {
    expect(() => attributesOf('normaliseBatchGrad', { epsilon: 1e-5 })).toThrow(
      'got the attributes [epsilon], want []',
    );
  });
});

test.each(TEST_ENGINES)('kernels on %s have no defaults for what they are not told', async engine => {
  const tf = await startEngine(engine);
  const some = tf.tensor([[1, 2]]);
  const list = ['weight', 'gradient', 'velocity'].map(() => tf.ones([2])) as unknown as NamedTensorMap;
  for (const operation of [
    'sgd',
    'norms',
    'movingAverage',
    'normaliseBatch',
    'embeddingMse',
    'marginSoftmax',
  ] as const) {
    if (!hasFused(tf, operation)) continue;
    const named = ['x', 'gamma', 'beta', 'student', 'teacher', 'features', 'centres', 'labels', 'margins'];
    const inputs = operation === 'sgd' ? list : Object.fromEntries(named.map(name => [name, some]));
    for (const attributes of [{}, { learningRate: 1, epochs: 3 }] as NamedAttrMap[]) {
      const run = (): unknown => tf.engine().runKernel(KERNEL_NAMES[operation], inputs, attributes);
      expect(run).toThrow(`Run ${operation}: got the attributes`);
    }
  }
});
