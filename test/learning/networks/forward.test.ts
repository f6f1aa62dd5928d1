import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { seededRandom } from '../../../src/kit/math/random';
import {
  forward,
  initialise,
  outputShape,
  parametersOf,
  type Backbone,
  type BatchStatistics,
  type Weights,
} from '../../../src/learning/networks';
import type { Layer } from '../../../src/learning/networks/layer';
import { normal, relativeDifference } from '../../helpers/engines';
import { naiveForward } from '../../helpers/naive-forward';
import { randomWeights } from '../../helpers/random-weights';

const conv = (name: string, filters: number, kernel: number, stride: number, pad: number, groups?: number): Layer => ({
  op: 'conv',
  name,
  filters,
  kernel,
  stride,
  pad,
  ...(groups !== undefined && { groups }),
});
const CASES: readonly (readonly [string, readonly Layer[]])[] = [
  ['a convolution', [conv('a', 5, 3, 1, 1)]],
  ['a strided convolution without padding', [conv('a', 5, 3, 2, 0)]],
  ['patches', [conv('a', 4, 4, 4, 0)]],
  ['a grouped convolution', [conv('a', 6, 1, 1, 0), conv('b', 4, 3, 1, 1, 2)]],
  ['a depthwise convolution', [conv('a', 6, 1, 1, 0), conv('b', 6, 3, 2, 1, 6)]],
  ['batch normalisation', [{ op: 'batch-norm', name: 'a' }]],
  ['PReLU', [{ op: 'prelu', name: 'a' }]],
  [
    'a residual block',
    [conv('a', 6, 1, 1, 0), { op: 'residual', name: 'r', body: [conv('b', 6, 3, 1, 1)], shortcut: [] }],
  ],
  [
    'a residual block with a shortcut',
    [{ op: 'residual', name: 'r', body: [conv('b', 6, 3, 2, 1)], shortcut: [conv('c', 6, 1, 2, 0)] }],
  ],
  [
    'a dense layer with batch normalisation',
    [
      { op: 'flatten', name: 'f' },
      { op: 'dense', name: 'd', units: 7, bias: true },
      { op: 'batch-norm', name: 'n' },
    ],
  ],
  ['dropout, which does nothing in inference', [{ op: 'dropout', name: 'd', rate: 0.9 }]],
];
const backboneOf = (layers: readonly Layer[]): Backbone => ({
  name: 'test',
  inputSize: 9,
  embeddingSize: 7,
  layers,
});
const tensors = (tf: Tf, weights: Weights): Map<string, Tensor> =>
  new Map([...weights].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]));

describe.each(['cpu', 'wasm'] as const)('on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test.each(CASES)('forward() computes %s as plain loops do', async (_, layers) => {
    const backbone = backboneOf(layers);
    const weights = randomWeights(backbone, seededRandom(1));
    const x = normal([2, 9, 9, 3]);
    const wanted = naiveForward(layers, weights, { shape: [2, 9, 9, 3], values: x });
    const found = forward(tf, layers, tensors(tf, weights), tf.tensor4d(x, [2, 9, 9, 3]));
    expect(found.shape).toEqual(wanted.shape);
    expect(found.shape.slice(1)).toEqual(outputShape(backbone));
    expect(relativeDifference(await found.data(), wanted.values)).toBeLessThan(1e-5);
  });

  /** Batch normalisation and PReLU in training, channel by channel in float64: the sum of w * prelu(bn(x)). */
  const CHANNELS = 3;
  const COUNT = 2 * 4 * 5;
  const weighting = normal([COUNT, CHANNELS], 'w');
  function reference(
    x: readonly number[],
    gamma: readonly number[],
    beta: readonly number[],
    slope: readonly number[],
  ): number {
    let total = 0;
    for (let c = 0; c < CHANNELS; c++) {
      const values = Array.from({ length: COUNT }, (_, i) => x[i * CHANNELS + c]!);
      const mean = values.reduce((a, b) => a + b, 0) / COUNT;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / COUNT;
      for (const [i, value] of values.entries()) {
        const y = ((value - mean) / Math.sqrt(variance + 1e-5)) * gamma[c]! + beta[c]!;
        total += weighting[i * CHANNELS + c]! * (y > 0 ? y : slope[c]! * y);
      }
    }
    return total;
  }

  test('batch normalisation and PReLU in training have the gradients of the formula, by finite differences', async () => {
    const layers: Layer[] = [
      { op: 'batch-norm', name: 'n' },
      { op: 'prelu', name: 'p' },
    ];
    const inputs = [
      normal([COUNT, CHANNELS], 'x'),
      Float32Array.of(1.2, -0.7, 0.4),
      Float32Array.of(0.3, -0.2, 0.1),
      Float32Array.of(0.25, -0.1, 0.5),
    ];
    const f = (x: Tensor, gamma: Tensor, beta: Tensor, slope: Tensor): Tensor => {
      const parameters = new Map([
        ['n/gamma', gamma],
        ['n/beta', beta],
        ['p/slope', slope],
      ]);
      const y = forward(tf, layers, parameters, tf.reshape(x, [2, 4, 5, CHANNELS]), {
        onStatistics: (_, { mean, variance }) => tf.dispose([mean, variance]),
        random: seededRandom(1),
      });
      return tf.sum(tf.mul(tf.reshape(y, [COUNT, CHANNELS]), tf.tensor2d(weighting, [COUNT, CHANNELS])));
    };
    const [x, ...rest] = inputs.map(values => Array.from(values)) as [number[], number[], number[], number[]];
    const shapes = [[COUNT, CHANNELS], [CHANNELS], [CHANNELS], [CHANNELS]];
    const found = tf.grads(f)(inputs.map((values, i) => tf.tensor(values, shapes[i])));
    const lists = [x, ...rest];
    for (const [k, list] of lists.entries()) {
      const wanted = list.map((value, i) => {
        const at = (by: number): number => {
          const moved = lists.map((other, m) => (m === k ? other.map((v, j) => (j === i ? value + by : v)) : other));
          return reference(moved[0]!, moved[1]!, moved[2]!, moved[3]!);
        };
        return (at(1e-5) - at(-1e-5)) / 2e-5;
      });
      expect([k, relativeDifference(await found[k]!.data(), wanted) < 2e-3]).toEqual([k, true]);
    }
  });

  test('batch normalisation in training reports mean and unbiased variance, by hand', async () => {
    let found: BatchStatistics | undefined;
    const parameters = new Map([
      ['n/gamma', tf.ones([1])],
      ['n/beta', tf.zeros([1])],
    ]);
    const y = forward(tf, [{ op: 'batch-norm', name: 'n' }], parameters, tf.tensor4d([1, 2, 3, 6], [2, 2, 1, 1]), {
      onStatistics: (_, statistics) => (found = statistics),
      random: seededRandom(1),
    });
    // Mean 3; squared deviations 4, 1, 0, 9: variance 14 / 4 within the batch, 14 / 3 for the running statistics.
    expect((await found!.mean.data())[0]).toBeCloseTo(3, 6);
    expect((await found!.variance.data())[0]).toBeCloseTo(14 / 3, 5);
    const values = await y.data();
    expect(values[3]).toBeCloseTo(3 / Math.sqrt(3.5 + 1e-5), 5);
  });

  test('PReLU takes its slope as the gradient at 0, as PyTorch does', async () => {
    const parameters = new Map([['p/slope', tf.tensor1d([0.3])]]);
    const f = (x: Tensor): Tensor => tf.sum(forward(tf, [{ op: 'prelu', name: 'p' }], parameters, x));
    const gradient = await tf
      .grad(f)(tf.tensor4d([-1, 0, -0, 2], [1, 2, 2, 1]))
      .data();
    for (const [i, wanted] of [0.3, 0.3, 0.3, 1].entries()) expect(gradient[i]).toBeCloseTo(wanted, 6);
  });

  test('dropout in training keeps the mean and zeroes about its share, within four standard errors', async () => {
    const n = 20_000;
    const y = await forward(tf, [{ op: 'dropout', name: 'd', rate: 0.4 }], new Map(), tf.ones([1, n]), {
      onStatistics: () => undefined,
      random: seededRandom(1),
    }).data();
    const zeros = y.filter(value => value === 0).length;
    expect(Math.abs(zeros / n - 0.4)).toBeLessThan(4 * Math.sqrt(0.24 / n));
    for (const value of y) if (value !== 0) expect(value).toBeCloseTo(1 / 0.6, 5);
  });
});

describe.each(['cpu', 'wasm'] as const)('forward() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  /** Every student halves even sides with these, where stride and padding do not come out even. */
  test.each<[string, Layer[]]>([
    ['a strided convolution', [conv('a', 5, 3, 2, 1)]],
    ['a strided depthwise convolution', [conv('a', 3, 3, 2, 1, 3)]],
    ['a strided convolution of single pixels', [conv('a', 5, 1, 2, 0)]],
    ['patches that leave a rest', [conv('a', 4, 3, 3, 0)]],
    ['a strided grouped convolution', [conv('a', 4, 1, 1, 0), conv('b', 6, 3, 2, 1, 2)]],
    ['two filters for every channel', [conv('a', 6, 3, 1, 1, 3)]],
    ['as many filters as groups, of two channels each', [conv('a', 6, 1, 1, 0), conv('b', 3, 3, 1, 1, 3)]],
    ['a depthwise convolution of the whole picture', [conv('a', 3, 8, 1, 0, 3)]],
  ])('computes %s on an even side as plain loops do', async (_, layers) => {
    const backbone = { ...backboneOf(layers), inputSize: 8 };
    const weights = randomWeights(backbone, seededRandom(2));
    const x = normal([2, 8, 8, 3]);
    const wanted = naiveForward(layers, weights, { shape: [2, 8, 8, 3], values: x });
    const found = forward(tf, layers, tensors(tf, weights), tf.tensor4d(x, [2, 8, 8, 3]));
    expect(found.shape).toEqual(wanted.shape);
    expect(found.shape.slice(1)).toEqual(outputShape(backbone));
    expect(relativeDifference(await found.data(), wanted.values)).toBeLessThan(1e-5);
  });

  test('names the layer and the parameter that is missing', () => {
    const x = tf.zeros([1, 2, 2, 3]);
    expect(() => forward(tf, [{ op: 'prelu', name: 'p' }], new Map(), x)).toThrow(
      'Layer p (prelu) has no parameter "slope"',
    );
  });

  test('dropout returns its input in inference, and with rate 0 in training', async () => {
    const x = tf.tensor2d([[1, -2, 3]]);
    const drop = (rate: number): readonly Layer[] => [{ op: 'dropout', name: 'd', rate }];
    const training = { onStatistics: () => undefined, random: seededRandom(1) };
    expect([...(await forward(tf, drop(0.9), new Map(), x).data())]).toEqual([1, -2, 3]);
    expect([...(await forward(tf, drop(0), new Map(), x, training).data())]).toEqual([1, -2, 3]);
  });

  test('batch normalisation in training reports by layer name, inside residual blocks too, once each', () => {
    const layers: Layer[] = [
      { op: 'batch-norm', name: 'a' },
      { op: 'residual', name: 'r', body: [{ op: 'batch-norm', name: 'b' }], shortcut: [] },
    ];
    const parameters = tensors(tf, randomWeights(backboneOf(layers), seededRandom(1)));
    const names: string[] = [];
    forward(tf, layers, parameters, tf.tensor4d(normal([2, 2, 2, 3]), [2, 2, 2, 3]), {
      onStatistics: (name, { mean, variance }) => {
        names.push(name);
        tf.dispose([mean, variance]);
      },
      random: seededRandom(1),
    });
    expect(names).toEqual(['a', 'b']);
  });
});

describe('initialise()', () => {
  const backbone = backboneOf([
    conv('a', 64, 3, 1, 1),
    { op: 'batch-norm', name: 'n' },
    { op: 'prelu', name: 'p' },
    conv('b', 64, 3, 1, 1),
  ]);

  test('draws kernels with variance 2 / fan-out, within four standard errors, and sets the rest', () => {
    const weights = initialise(backbone, seededRandom(1));
    const { shape, values } = weights.get('b/kernel')!;
    expect(shape).toEqual([3, 3, 64, 64]);
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const wanted = 2 / (9 * 64);
    expect(Math.abs(variance - wanted)).toBeLessThan(4 * wanted * Math.sqrt(2 / values.length));
    const set = (name: string): Set<number> => new Set(weights.get(name)!.values);
    expect([set('n/gamma'), set('n/beta'), set('n/mean'), set('n/variance'), set('p/slope')]).toEqual(
      [1, 0, 0, 1, 0.25].map(value => new Set([value])),
    );
  });

  test('is a function of the seed', () => {
    const first = (seed: number): number => initialise(backbone, seededRandom(seed)).get('a/kernel')!.values[0]!;
    expect(first(1)).toBe(first(1));
    expect(first(1)).not.toBe(first(2));
  });
});

describe('parametersOf()', () => {
  test.each<[string, Layer[]]>([
    ['a kernel larger than the picture', [conv('a', 4, 11, 1, 0)]],
    ['a dense layer on a picture', [{ op: 'dense', name: 'd', units: 3, bias: false }]],
    ['groups that do not divide', [conv('a', 4, 3, 1, 1, 2)]],
    ['branches of other shapes', [{ op: 'residual', name: 'r', body: [conv('a', 4, 3, 2, 1)], shortcut: [] }]],
  ])('refuses %s and names the layer', (_, layers) => {
    expect(() => parametersOf(backboneOf(layers))).toThrow(/^Layer [adr] .* does not fit/);
  });
});
