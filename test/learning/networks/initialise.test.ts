import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../src/kit/math/random';
import {
  initialisationOf,
  initialise,
  parametersOf,
  type Backbone,
  type Layer,
  type Weights,
} from '../../../src/learning/networks';

const backboneOf = (layers: readonly Layer[]): Backbone => ({
  name: 'test',
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

  const expectNormal = (of: Weights, name: string, variance: number): void => {
    const { values } = of.get(name)!;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / values.length));
    expect(Math.abs(square - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / values.length));
  };

  /** Kernel height x width x filters, whatever the groups: PyTorch's fan-out. */
  test.each([
    ['full/kernel', 3 * 3 * 64],
    ['depthwise/kernel', 3 * 3 * 64],
    ['grouped/kernel', 3 * 3 * 32],
    ['block/conv/kernel', 32],
    ['dense/kernel', 64],
  ])('draws %s from N(0, 2 / %p) by default, within four standard errors', (name, fanOut) => {
    expectNormal(weights, name, 2 / fanOut);
  });

  test.each([
    ['full/kernel', 3 * 3 * 64],
    ['depthwise/kernel', 3 * 3],
    ['grouped/kernel', 3 * 3 * 8],
    ['dense/kernel', 64],
  ])('draws %s from N(0, 2 / %p) where the fan-out is that of a group', (name, fanOut) => {
    const initialisation = initialisationOf(undefined, 'he-fan-out-per-group');
    expectNormal(initialise({ ...BACKBONE, initialisation }, seededRandom(1)), name, 2 / fanOut);
  });

  test('draws convolutions and dense layers as stated, a bias with its kernel where that is uniform', () => {
    const told = { convolutions: 0.1, dense: 'uniform-fan-in', source: 'this test' } as const;
    const other = initialise({ ...BACKBONE, initialisation: told }, seededRandom(1));
    for (const name of ['full/kernel', 'depthwise/kernel', 'block/conv/kernel']) expectNormal(other, name, 0.01);
    const bound = 1 / Math.sqrt(2 * 2 * 32);
    for (const name of ['dense/kernel', 'dense/bias']) {
      const { values } = other.get(name)!;
      const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      expect(Math.min(...values)).toBeLessThan(-0.8 * bound);
      expect(Math.max(...values)).toBeGreaterThan(0.8 * bound);
      // The variance of a square is 4/5 of its mean's square.
      expect(Math.abs(square / (bound ** 2 / 3) - 1)).toBeLessThan(4 * Math.sqrt(0.8 / values.length));
    }
    const swapped = { convolutions: 'uniform-fan-in', dense: 0.1, source: 'this test' } as const;
    const last = initialise({ ...BACKBONE, initialisation: swapped }, seededRandom(1));
    expectNormal(last, 'dense/kernel', 0.01);
    expect(new Set(last.get('dense/bias')!.values)).toEqual(new Set([0]));
    const largest = (name: string): number => Math.max(...last.get(name)!.values.map(Math.abs));
    // Inputs of one output value: 3 x 3 x 3, 3 x 3 x 1, 3 x 3 x 16.
    expect(largest('full/kernel') * Math.sqrt(27)).toBeCloseTo(1, 1);
    expect(largest('depthwise/kernel') * Math.sqrt(9)).toBeCloseTo(1, 1);
    expect(largest('grouped/kernel') * Math.sqrt(144)).toBeCloseTo(1, 1);
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
