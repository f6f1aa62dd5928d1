import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../../../../src/learning/engines/engine';
import { normal } from '../../../helpers/engines';
import { image, type Case } from './cases';

type Shape4 = [number, number, number, number];

interface Window {
  readonly title: string;
  readonly x: Shape4;
  readonly filter: Shape4;
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number;
  readonly dilations?: number;
  readonly rounding?: 'floor' | 'ceil' | 'round';
}

const WINDOWS: readonly Window[] = [
  { title: '3x3, padded', x: [2, 9, 7, 5], filter: [3, 3, 5, 11], strides: 1, pad: 'same' },
  { title: '3x3, every second', x: [2, 9, 8, 16], filter: [3, 3, 16, 32], strides: 2, pad: 'same' },
  { title: '3x3, unpadded, uneven strides', x: [1, 11, 9, 3], filter: [3, 3, 3, 7], strides: [2, 3], pad: 'valid' },
  { title: '1x1', x: [3, 5, 5, 17], filter: [1, 1, 17, 33], strides: 1, pad: 'valid' },
  { title: '1x1, every second', x: [3, 6, 7, 16], filter: [1, 1, 16, 16], strides: 2, pad: 'valid' },
  { title: '5x2, padded by 2', x: [1, 8, 6, 4], filter: [5, 2, 4, 6], strides: 1, pad: 2 },
  { title: 'rows left over', x: [1, 8, 8, 4], filter: [3, 3, 4, 6], strides: 3, pad: 1, rounding: 'floor' },
  { title: 'rows added', x: [1, 8, 8, 4], filter: [3, 3, 4, 6], strides: 3, pad: 0, rounding: 'ceil' },
  { title: 'one pixel', x: [1, 1, 1, 1], filter: [1, 1, 1, 1], strides: 1, pad: 'valid' },
  { title: 'the whole image', x: [2, 7, 7, 24], filter: [7, 7, 24, 10], strides: 1, pad: 'valid' },
  { title: 'by several threads', x: [2, 9, 9, 16], filter: [3, 3, 16, 16], strides: 1, pad: 'same' },
];

const DILATED: Window = {
  title: 'dilated',
  x: [1, 12, 11, 3],
  filter: [3, 3, 3, 4],
  strides: 1,
  pad: 'same',
  dilations: 2,
};

/** tfjs's gradients do not know how the size of the output was rounded. */
function hasGradients({ rounding }: Window): boolean {
  return rounding !== 'ceil';
}

type Convolve = (tf: Tf, x: Tensor4D, filter: Tensor4D) => Tensor4D;

function convolution({ strides, pad, dilations, rounding }: Window): Convolve {
  return (tf, x, filter) => tf.conv2d(x, filter, strides, pad, 'NHWC', dilations ?? 1, rounding);
}

function depthwise({ strides, pad, dilations, rounding }: Window): Convolve {
  return (tf, x, filter) => tf.depthwiseConv2d(x, filter, strides, pad, 'NHWC', dilations ?? 1, rounding);
}

/** Both gradients for a random gradient of the output. */
function gradients(tf: Tf, op: Convolve, x: Tensor4D, filter: Tensor4D): Tensor[] {
  const { shape } = op(tf, x, filter);
  return tf.grads((a, b) => op(tf, a as Tensor4D, b as Tensor4D))([x, filter], image(tf, shape, 'dy'));
}

/** One filter a channel, of the same window. */
function eachChannel({ filter }: Window): Shape4 {
  return [filter[0], filter[1], filter[2], 1];
}

export const CONVOLUTION_CASES: readonly Case[] = [
  ...[...WINDOWS, DILATED].map((window): Case => ({
    title: `conv2d, ${window.title}`,
    by: 'conv2d',
    compute: tf => convolution(window)(tf, image(tf, window.x), image(tf, window.filter, 'filter')),
  })),
  ...WINDOWS.filter(hasGradients).map((window): Case => ({
    title: `gradients of conv2d, ${window.title}`,
    by: 'conv2dBackpropFilter',
    compute: tf => gradients(tf, convolution(window), image(tf, window.x), image(tf, window.filter, 'filter')),
  })),
];

export const DEPTHWISE_CASES: readonly Case[] = [
  ...[...WINDOWS, DILATED].map((window): Case => ({
    title: `depthwiseConv2d, ${window.title}`,
    by: 'depthwise',
    compute: tf => depthwise(window)(tf, image(tf, window.x), image(tf, eachChannel(window), 'filter')),
  })),
  ...WINDOWS.filter(hasGradients).map((window): Case => ({
    title: `gradients of depthwiseConv2d, ${window.title}`,
    by: 'depthwiseBackpropFilter',
    compute: tf => gradients(tf, depthwise(window), image(tf, window.x), image(tf, eachChannel(window), 'filter')),
  })),
  {
    title: 'depthwiseConv2d over 64 and more channels, by several threads',
    by: 'depthwise',
    compute: tf => {
      const [x, filter] = [image(tf, [2, 12, 11, 83]), image(tf, [3, 3, 83, 1], 'filter')];
      return [
        tf.depthwiseConv2d(x, filter, 2, 1),
        ...gradients(tf, (t, a, b) => t.depthwiseConv2d(a, b, 1, 1), x, filter),
      ];
    },
  },
];

const ACTIVATIONS = ['linear', 'relu', 'relu6', 'leakyrelu', 'sigmoid', 'prelu'] as const;

export const FUSED_CASES: readonly Case[] = ACTIVATIONS.flatMap((activation): Case[] => {
  const options = (tf: Tf, channels: number) => ({
    bias: tf.tensor1d(normal([channels], 'bias')),
    activation,
    leakyreluAlpha: 0.3,
    ...(activation === 'prelu' && { preluActivationWeights: tf.tensor1d(normal([channels], 'alpha')) }),
  });
  const conv = { strides: 1, pad: 'same' } as const;
  return [
    {
      title: `fused.conv2d with ${activation}`,
      by: 'conv2d',
      compute: tf =>
        tf.fused.conv2d({
          ...{ x: image(tf, [2, 5, 6, 3]), filter: image(tf, [3, 3, 3, 8], 'filter') },
          ...{ ...conv, ...options(tf, 8) },
        }),
    },
    {
      title: `fused.depthwiseConv2d with ${activation}`,
      by: 'depthwise',
      compute: tf =>
        tf.fused.depthwiseConv2d({
          ...{ x: image(tf, [2, 5, 6, 3]), filter: image(tf, [3, 3, 3, 1], 'filter') },
          ...{ ...conv, ...options(tf, 3) },
        }),
    },
    {
      title: `fused.matMul with ${activation}`,
      by: 'matMul',
      compute: tf =>
        tf.fused.matMul({
          ...{ a: tf.tensor2d(normal([5, 7], 'a'), [5, 7]), b: tf.tensor2d(normal([7, 9], 'b'), [7, 9]) },
          ...options(tf, 9),
        }),
    },
  ];
});

const STACKS: readonly (readonly [number[], number[]])[] = [
  [[], []],
  [[3], [3]],
  [[1], [4]],
  [[4], [1]],
  [
    [2, 3],
    [2, 3],
  ],
];

const SIZES = [
  [5, 7, 9],
  [1, 1, 1],
  [130, 70, 65],
] as const;

export const PRODUCT_CASES: readonly Case[] = STACKS.flatMap(([stackA, stackB]) =>
  SIZES.flatMap(([m, k, n]) =>
    [false, true].flatMap(transposeA =>
      [false, true].map((transposeB): Case => {
        const a = [...stackA, ...(transposeA ? [k, m] : [m, k])];
        const b = [...stackB, ...(transposeB ? [n, k] : [k, n])];
        return {
          title: `matMul of [${a.join(', ')}]${transposeA ? 'ᵀ' : ''} and [${b.join(', ')}]${transposeB ? 'ᵀ' : ''}`,
          by: 'matMul',
          compute: tf => tf.matMul(tf.tensor(normal(a, 'a'), a), tf.tensor(normal(b, 'b'), b), transposeA, transposeB),
        };
      }),
    ),
  ),
);

type Pool = (tf: Tf, x: Tensor4D) => Tensor4D;

const POOLS: readonly (readonly [string, Shape4, Pool])[] = [
  ['maxPool, 2 by 2', [2, 6, 8, 5], (tf, x) => tf.maxPool(x, 2, 2, 'valid')],
  ['maxPool, overlapping and padded', [2, 7, 9, 17], (tf, x) => tf.maxPool(x, 3, 2, 'same')],
  ['maxPool of one pixel', [1, 1, 1, 1], (tf, x) => tf.maxPool(x, 2, 1, 'same')],
  ['avgPool, 2 by 3', [2, 6, 8, 5], (tf, x) => tf.avgPool(x, [2, 3], 2, 'valid')],
  ['avgPool, overlapping', [2, 7, 9, 17], (tf, x) => tf.avgPool(x, 3, 1, 'valid')],
  ['avgPool of all', [3, 4, 4, 20], (tf, x) => tf.avgPool(x, 4, 1, 'valid')],
];

export const POOL_CASES: readonly Case[] = POOLS.flatMap(([title, shape, pool]): Case[] => [
  { title, by: 'pool', compute: tf => pool(tf, image(tf, shape)) },
  {
    title: `gradient of ${title}`,
    by: title.startsWith('max') ? 'maxPoolBackprop' : 'avgPoolBackprop',
    compute: tf => {
      const x = image(tf, shape);
      const dy = image(tf, pool(tf, x).shape, 'dy');
      return tf.grad(y => pool(tf, y as Tensor4D))(x, dy);
    },
  },
]);
