import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../../src/learning/engines/engine';
import { expectClose, normal, on } from '../../../../helpers/engines';

type Pad = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];

interface Case {
  /** [n, height, width, channels] */
  readonly x: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  readonly filters: number;
  readonly strides: readonly [number, number];
  readonly pad: Pad;
}

const CASES: readonly Case[] = [
  { x: [2, 7, 7, 5], kernel: [3, 3], filters: 6, strides: [1, 1], pad: 1 },
  { x: [2, 8, 7, 5], kernel: [3, 3], filters: 6, strides: [2, 2], pad: 1 },
  { x: [1, 9, 9, 3], kernel: [3, 3], filters: 4, strides: [2, 2], pad: 'same' },
  { x: [3, 8, 8, 2], kernel: [3, 3], filters: 4, strides: [2, 2], pad: 'valid' },
  { x: [2, 6, 5, 4], kernel: [1, 1], filters: 7, strides: [1, 1], pad: 0 },
  { x: [2, 6, 5, 4], kernel: [1, 1], filters: 7, strides: [2, 2], pad: 0 },
  { x: [2, 7, 6, 1], kernel: [5, 5], filters: 1, strides: [1, 1], pad: 2 },
  { x: [1, 11, 8, 4], kernel: [3, 2], filters: 3, strides: [1, 2], pad: 'same' },
  { x: [1, 11, 8, 4], kernel: [2, 2], filters: 3, strides: [3, 3], pad: 0 },
  { x: [2, 5, 5, 4], kernel: [2, 2], filters: 3, strides: [1, 1], pad: 3 },
  {
    x: [1, 6, 6, 8],
    kernel: [3, 3],
    filters: 8,
    strides: [2, 1],
    pad: [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ],
  },
  { x: [1, 3, 3, 4], kernel: [3, 3], filters: 5, strides: [1, 1], pad: 'valid' },
  { x: [1, 1, 1, 4], kernel: [3, 3], filters: 5, strides: [2, 2], pad: 1 },
  { x: [2, 7, 7, 80], kernel: [3, 3], filters: 16, strides: [1, 1], pad: 1 },
  // By Winograd's algorithm: odd and even sides, no padding and the most, more tiles than a block.
  { x: [2, 8, 9, 16], kernel: [3, 3], filters: 24, strides: [1, 1], pad: 1 },
  { x: [2, 7, 6, 16], kernel: [3, 3], filters: 16, strides: [1, 1], pad: 'valid' },
  { x: [1, 4, 5, 32], kernel: [3, 3], filters: 16, strides: [1, 1], pad: 2 },
  { x: [2, 13, 14, 16], kernel: [3, 3], filters: 16, strides: [1, 1], pad: 'same' },
  // More channels than a block is deep; colours, whose taps are read together, at an edge.
  { x: [1, 6, 5, 260], kernel: [3, 3], filters: 9, strides: [2, 2], pad: 1 },
  { x: [2, 9, 8, 3], kernel: [4, 4], filters: 8, strides: [2, 2], pad: 2 },
];

const name = ({ x, kernel, filters, strides, pad }: Case): string =>
  `[${x.join()}] with ${kernel.join('x')} to ${filters}, stride ${strides.join('x')}, pad ${JSON.stringify(pad)}`;

const cases = CASES.map(value => [name(value), value] as const);
const depthwiseCases = cases.filter(([, { strides }]) => strides[0] === strides[1]);

/** y, dx and dW of a convolution with dy from N(0, 1), the gradients by the backpropagation kernels themselves. */
function results(tf: Tf, { x, kernel, filters, strides, pad }: Case, depthwise: boolean): Tensor[] {
  const filterShape = [...kernel, x[3], depthwise ? 1 : filters] as [number, number, number, number];
  const image: Tensor4D = tf.tensor4d(normal(x), [...x]);
  const filter: Tensor4D = tf.tensor4d(normal(filterShape, 'filter'), filterShape);
  const convolve = depthwise ? tf.depthwiseConv2d : tf.conv2d;
  const y = convolve(image, filter, [...strides], pad);
  const dy = tf.tensor4d(normal(y.shape, 'dy'), y.shape);
  const attributes = { strides: [...strides], pad, dataFormat: 'NHWC', dilations: [1, 1] };
  const kernelName = depthwise ? 'DepthwiseConv2dNativeBackprop' : 'Conv2DBackprop';
  const backpropagated = ['Input', 'Filter'].map(what =>
    tf.engine().runKernel<Tensor>(`${kernelName}${what}`, what === 'Input' ? { dy, filter } : { x: image, dy }, {
      ...attributes,
      ...(what === 'Input' ? { inputShape: [...x] } : { filterShape }),
    }),
  );
  return [y, ...backpropagated];
}

describe('conv2d, conv2dBackpropInput and conv2dBackpropFilter', () => {
  test.each(cases)('agree with the cpu engine for %s', async (_, value) => {
    const compute = (tf: Tf): Tensor[] => results(tf, value, false);
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });

  test('of a batch with more outputs than a block takes add up those of its images', async () => {
    const size = [2, 30, 30, 70] as const;
    const [found, wanted] = await on('wasm', tf => {
      const [x, dy] = [tf.tensor4d(normal(size), [...size]), tf.tensor4d(normal([2, 15, 15, 3]), [2, 15, 15, 3])];
      const gradient = (from: number, count: number): Tensor =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropFilter',
            { x: tf.slice(x, from, count), dy: tf.slice(dy, from, count) },
            { strides: 2, pad: 1, filterShape: [3, 3, 70, 3] },
          );
      return [gradient(0, 2), tf.add(gradient(0, 1), gradient(1, 1))];
    });
    expectClose([found!], [wanted!]);
  });
});

describe('depthwiseConv2d, depthwiseBackpropInput and depthwiseBackpropFilter', () => {
  test.each(depthwiseCases)('agree with the cpu engine for %s', async (_, value) => {
    const compute = (tf: Tf): Tensor[] => results(tf, value, true);
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });

  test('agree with the cpu engine for two filters per channel, which no backbone has', async () => {
    const compute = (tf: Tf): Tensor[] =>
      tf.grads((x: Tensor, filter: Tensor) => tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'))([
        tf.tensor4d(normal([2, 6, 5, 2]), [2, 6, 5, 2]),
        tf.tensor4d(normal([3, 3, 2, 2], 'filter'), [3, 3, 2, 2]),
      ]);
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });
});

test('no kernel leaves a tensor behind', async () => {
  const tf = await startEngine('wasm');
  const count = (): [number, number] => [tf.memory().numTensors, tf.engine().backend.numDataIds()];
  const before = count();
  for (const [, value] of cases) tf.tidy(() => void results(tf, value, false));
  for (const [, value] of depthwiseCases) tf.tidy(() => void results(tf, value, true));
  expect(count()).toEqual(before);
});
