import { describe, expect, test } from '@jest/globals';
import {
  countMultiplyAdds,
  countParameters,
  outputShape,
  parametersOf,
  sizeOf,
  type Backbone,
  type Layer,
} from '../../../src/learning/networks';

const backboneOf = (layers: readonly Layer[], inputSize = 8): Backbone => ({
  name: 'test',
  inputSize,
  embeddingSize: 5,
  layers,
});
const conv = (name: string, options: { filters: number; kernel: number; stride: number; pad: number }): Layer => ({
  op: 'conv',
  name,
  ...options,
});
const flatten: Layer = { op: 'flatten', name: 'flatten' };

describe('outputShape()', () => {
  test.each([
    // floor((side + 2 * pad - kernel) / stride) + 1
    [8, { kernel: 3, stride: 1, pad: 1 }, 8],
    [8, { kernel: 3, stride: 2, pad: 1 }, 4],
    [7, { kernel: 3, stride: 2, pad: 1 }, 4],
    [8, { kernel: 1, stride: 2, pad: 0 }, 4],
    [7, { kernel: 1, stride: 2, pad: 0 }, 4],
    [9, { kernel: 4, stride: 4, pad: 0 }, 2],
    [7, { kernel: 7, stride: 1, pad: 0 }, 1],
  ])('of side %p and %p is %p', (side, options, wanted) => {
    expect(outputShape(backboneOf([conv('a', { filters: 5, ...options })], side))).toEqual([wanted, wanted, 5]);
  });

  test('of no layers is the picture, and flat after flatten and dense', () => {
    expect(outputShape(backboneOf([]))).toEqual([8, 8, 3]);
    expect(outputShape(backboneOf([flatten]))).toEqual([8 * 8 * 3]);
    expect(outputShape(backboneOf([flatten, { op: 'dense', name: 'd', units: 5, bias: false }]))).toEqual([5]);
  });

  test.each<[string, RegExp, Layer[]]>([
    [
      'a convolution on flat values',
      /^Layer a \(conv\) does not fit: input is \[192\], want \[height,width,channels\]$/,
      [flatten, conv('a', { filters: 1, kernel: 1, stride: 1, pad: 0 })],
    ],
    [
      'a kernel larger than the padded picture',
      /^Layer a \(conv\) does not fit: kernel 11 is larger than input \[8,8,3\]$/,
      [conv('a', { filters: 1, kernel: 11, stride: 1, pad: 1 })],
    ],
    [
      'a dense layer on a picture',
      /^Layer d \(dense\) does not fit: input is \[8,8,3\], want flat values$/,
      [{ op: 'dense', name: 'd', units: 5, bias: true }],
    ],
    [
      'filters that the groups do not divide',
      /^Layer a \(conv\) does not fit: 3 groups .* 3 channels nor 4 filters/,
      [{ op: 'conv', name: 'a', filters: 4, kernel: 1, stride: 1, pad: 0, groups: 3 }],
    ],
    [
      'branches of different shapes',
      /^Layer r \(residual\) does not fit: body gives \[4,4,3\], shortcut \[8,8,3\]$/,
      [
        {
          op: 'residual',
          name: 'r',
          body: [conv('a', { filters: 3, kernel: 3, stride: 2, pad: 1 })],
          shortcut: [],
        },
      ],
    ],
  ])('refuses %s', (_, message, layers) => {
    const backbone = backboneOf(layers);
    for (const count of [outputShape, parametersOf, countParameters, countMultiplyAdds]) {
      expect(() => count(backbone)).toThrow(RangeError);
      expect(() => count(backbone)).toThrow(message);
    }
  });
});

describe('parametersOf()', () => {
  test('reports what is trained: not running statistics, nor a fixed gamma', () => {
    const parameters = parametersOf(
      backboneOf([
        { op: 'batch-norm', name: 'free' },
        { op: 'batch-norm', name: 'fixed', fixedGamma: true },
        { op: 'prelu', name: 'p' },
      ]),
    );
    expect(parameters.filter(({ trained }) => trained).map(({ name }) => name)).toEqual([
      'free/gamma',
      'free/beta',
      'fixed/beta',
      'p/slope',
    ]);
    expect(parameters).toHaveLength(9);
  });

  test('has [k, k, channels, 1] for depthwise, [k, k, channels / groups, filters] for other groups', () => {
    const kernel = (filters: number, groups: number): readonly number[] =>
      parametersOf(backboneOf([{ op: 'conv', name: 'a', filters, kernel: 3, stride: 1, pad: 1, groups }]))[0]!.shape;
    expect(kernel(3, 3)).toEqual([3, 3, 3, 1]);
    expect(kernel(6, 3)).toEqual([3, 3, 1, 6]);
    expect(kernel(6, 1)).toEqual([3, 3, 3, 6]);
  });
});

describe('countParameters() and countMultiplyAdds()', () => {
  const layers: Layer[] = [
    conv('a', { filters: 6, kernel: 3, stride: 2, pad: 1 }),
    { op: 'batch-norm', name: 'n' },
    { op: 'prelu', name: 'p' },
    { op: 'conv', name: 'b', filters: 6, kernel: 3, stride: 1, pad: 1, groups: 6 },
    { op: 'conv', name: 'c', filters: 4, kernel: 1, stride: 1, pad: 0, groups: 2 },
    {
      op: 'residual',
      name: 'r',
      body: [conv('d', { filters: 2, kernel: 3, stride: 2, pad: 1 })],
      shortcut: [conv('e', { filters: 2, kernel: 1, stride: 2, pad: 0 })],
    },
    flatten,
    { op: 'dropout', name: 'o', rate: 0.5 },
    { op: 'dense', name: 'f', units: 5, bias: true },
  ];

  test('by hand', () => {
    // Kernels: a 9 * 3 * 6; b 9 * 6; c (6 / 2) * 4; d 9 * 4 * 2; e 4 * 2; f (2 * 2 * 2) * 5.
    const [a, b, c, d, e, f] = [162, 54, 12, 72, 8, 40];
    expect(countParameters(backboneOf(layers))).toBe(a + 2 * 6 + 6 + b + c + d + e + f + 5);
    // 8 x 8 becomes 4 x 4 at a, 2 x 2 at the residual block; the dense layer runs once.
    expect(countMultiplyAdds(backboneOf(layers))).toBe(16 * (a + b + c) + 4 * (d + e) + f);
  });

  test('the size of a scalar is 1', () => {
    expect(sizeOf([])).toBe(1);
  });
});
