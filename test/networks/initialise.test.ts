import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../src/math/random';
import { initialise, parametersOf, type Backbone, type Layer } from '../../src/networks';

const backboneOf = (layers: readonly Layer[]): Backbone => ({
  name: 'test',
  summary: '',
  inputSize: 2,
  embeddingSize: 64,
  layers,
});
const BACKBONE = backboneOf([
  { op: 'conv', name: 'full', filters: 64, kernel: 3, stride: 1, pad: 1 },
  { op: 'conv', name: 'depthwise', filters: 64, kernel: 3, stride: 1, pad: 1, groups: 64 },
  { op: 'conv', name: 'grouped', filters: 32, kernel: 3, stride: 1, pad: 1, groups: 4 },
  { op: 'batch-norm', name: 'bn' },
  { op: 'prelu', name: 'prelu' },
  {
    op: 'residual',
    name: 'block',
    body: [{ op: 'conv', name: 'block/conv', filters: 32, kernel: 1, stride: 1, pad: 0 }],
    shortcut: [],
  },
  { op: 'flatten', name: 'flatten' },
  { op: 'dense', name: 'dense', units: 64, bias: true },
]);

describe('initialise()', () => {
  const weights = initialise(BACKBONE, seededRandom(1));

  test('gives every parameter of the backbone, in its order and shape', () => {
    expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual([
      ['full/kernel', [3, 3, 3, 64]],
      ['depthwise/kernel', [3, 3, 64, 1]],
      ['grouped/kernel', [3, 3, 16, 32]],
      ['bn/gamma', [32]],
      ['bn/beta', [32]],
      ['bn/mean', [32]],
      ['bn/variance', [32]],
      ['prelu/slope', [32]],
      ['block/conv/kernel', [1, 1, 32, 32]],
      ['dense/kernel', [2 * 2 * 32, 64]],
      ['dense/bias', [64]],
    ]);
    for (const { shape, values } of weights.values()) {
      expect(values).toBeInstanceOf(Float32Array);
      expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
    }
  });

  /** Kernel height x width x what one input channel reaches. */
  test.each([
    ['full/kernel', 3 * 3 * 64],
    ['depthwise/kernel', 3 * 3 * 1],
    ['grouped/kernel', 3 * 3 * 32],
    ['block/conv/kernel', 32],
    ['dense/kernel', 64],
  ])('draws %s from N(0, 2 / %p), within four standard errors', (name, fanOut) => {
    const { values } = weights.get(name)!;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const wanted = 2 / fanOut;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(wanted / values.length));
    expect(Math.abs(square - wanted)).toBeLessThan(4 * wanted * Math.sqrt(2 / values.length));
  });

  test('sets the rest: batch normalisation 1, 0, 0, 1, slopes 0.25, biases 0', () => {
    const wanted = { gamma: 1, beta: 0, mean: 0, variance: 1, slope: 0.25, bias: 0 };
    const rest = parametersOf(BACKBONE).filter(({ role }) => role !== 'kernel');
    expect(rest).toHaveLength(6);
    for (const { name, role } of rest) {
      const value = wanted[role as keyof typeof wanted];
      expect([name, new Set(weights.get(name)!.values)]).toEqual([name, new Set([value])]);
    }
  });

  test('gives equal weights for equal seeds and others for others', () => {
    expect(initialise(BACKBONE, seededRandom(1))).toEqual(weights);
    expect(initialise(BACKBONE, seededRandom(2)).get('full/kernel')).not.toEqual(weights.get('full/kernel'));
  });
});
