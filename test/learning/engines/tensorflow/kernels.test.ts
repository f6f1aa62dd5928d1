import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { KernelConfig, Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../src/learning/engines/engine';
import { registerTensorflowKernels } from '../../../../src/learning/engines/tensorflow/kernels';
import { surveyNow } from '../../../helpers/families';
import { expectClose, normal, on } from '../../../helpers/engines';

describe('registerTensorflowKernels()', () => {
  /** A tfjs with stand-ins for the kernels of tfjs-node, and what was done with it. */
  async function withStandIns() {
    const tf = await startEngine('cpu');
    const kernels = new Map<string, KernelConfig>();
    for (const kernelName of ['Conv2D', 'DepthwiseConv2dNativeBackpropFilter', 'Round']) {
      kernels.set(kernelName, { kernelName, backendName: 'tensorflow', kernelFunc: () => 'of tfjs-node' as never });
    }
    const ours = {
      ...tf,
      getKernel: (name: string) => kernels.get(name),
      unregisterKernel: (name: string) => kernels.delete(name),
      registerKernel: (kernel: KernelConfig) => kernels.set(kernel.kernelName, kernel),
    } as unknown as Tf;
    registerTensorflowKernels(ours);
    const executed: { name: string; attributes: Readonly<Record<string, unknown>>; shapes: unknown[] }[] = [];
    const backend = {
      binding: { TF_ATTR_TYPE: 0, TF_ATTR_INT: 1, TF_ATTR_STRING: 2, TF_FLOAT: 3 },
      executeSingleOutput(name: string, list: { name: string; value: unknown }[], inputs: Tensor[]) {
        const attributes = Object.fromEntries(list.map(({ name, value }) => [name, value]));
        executed.push({ name, attributes, shapes: inputs.map(({ shape, dtype }) => [dtype, ...shape]) });
        return 'of ours';
      },
    };
    const run = (name: string, inputs: object, attrs: object): unknown =>
      kernels.get(name)!.kernelFunc({ inputs: inputs as never, attrs: attrs as never, backend: backend });
    return { tf, run, executed };
  }

  test('hand TensorFlow the padding in numbers, and leave `same` and `valid` to tfjs-node', async () => {
    const { tf, run, executed } = await withStandIns();
    const [x, filter] = [tf.zeros([2, 7, 7, 3]), tf.zeros([3, 3, 3, 4])];
    for (const pad of ['same', 'valid', 0]) {
      expect(run('Conv2D', { x, filter }, { strides: 2, pad })).toBe('of tfjs-node');
    }
    expect(run('Conv2D', { x, filter }, { strides: [2, 2], pad: 1, dilations: 1, dataFormat: 'NHWC' })).toBe('of ours');
    expect(executed).toEqual([
      {
        name: 'Conv2D',
        attributes: {
          T: 3,
          padding: 'EXPLICIT',
          data_format: 'NHWC',
          explicit_paddings: [0, 0, 1, 1, 1, 1, 0, 0],
          strides: [1, 2, 2, 1],
          dilations: [1, 1, 1, 1],
        },
        shapes: [
          ['float32', 2, 7, 7, 3],
          ['float32', 3, 3, 3, 4],
        ],
      },
    ]);
  });

  test('leave channels first, whole numbers and sizes that are rounded up to tfjs-node', async () => {
    const { tf, run } = await withStandIns();
    const [x, filter] = [tf.zeros([1, 6, 6, 3]), tf.zeros([3, 3, 3, 4])];
    const attrs = { strides: 2, pad: 1 };
    expect(run('Conv2D', { x, filter }, attrs)).toBe('of ours');
    expect(run('Conv2D', { x, filter }, { ...attrs, dimRoundingMode: 'ceil' })).toBe('of tfjs-node');
    expect(run('Conv2D', { x: tf.cast(x, 'int32'), filter }, attrs)).toBe('of tfjs-node');
    expect(run('Conv2D', { x: tf.zeros([1, 3, 6, 6]), filter }, { ...attrs, dataFormat: 'NCHW' })).toBe('of tfjs-node');
  });

  test('tell a gradient the shape that it makes, and leave no tensor behind', async () => {
    const { tf, run, executed } = await withStandIns();
    const [x, dy] = [tf.zeros([2, 7, 7, 3]), tf.zeros([2, 7, 7, 3])];
    const before = tf.memory().numTensors;
    run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { strides: 1, pad: 1, filterShape: [3, 3, 3, 1] });
    expect(executed[0]).toMatchObject({
      shapes: [
        ['float32', 2, 7, 7, 3],
        ['int32', 4],
        ['float32', 2, 7, 7, 3],
      ],
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('round whole numbers to themselves', async () => {
    const { tf, run } = await withStandIns();
    expect(await (run('Round', { x: tf.tensor1d([-3, 7], 'int32') }, {}) as Tensor).array()).toEqual([-3, 7]);
    expect(run('Round', { x: tf.tensor1d([0.4]) }, {})).toBe('of tfjs-node');
  });
});

const isHere = surveyNow(mkdtempSync(join(tmpdir(), 'fairdistill-notes-'))).some(
  ({ name, usable }) => name === 'tensorflow' && usable,
);

const image = (tf: Tf, shape: [number, number, number, number]): Tensor4D => tf.tensor4d(normal(shape), shape);

type Pad = Parameters<Tf['conv2d']>[3];
const BY_AXIS: Pad = [
  [0, 0],
  [2, 0],
  [0, 1],
  [0, 0],
];

// tfjs-node has no binding on most machines: `pipeline doctor --fix tensorflow` makes one.
(isHere ? describe : describe.skip)('on the engine tensorflow, as on cpu', () => {
  const PADS: readonly (readonly [string, Pad])[] = [
    ['1 on every side', 1],
    ['3 on every side', 3],
    ['by axis', BY_AXIS],
    ['same', 'same'],
    ['valid', 'valid'],
  ];
  const cases = PADS.flatMap(([name, pad]) => [1, 2].map(stride => [name, stride, pad] as const));

  test.each(cases)('a convolution and its gradients, padding %s, stride %d', async (_, stride, pad) => {
    const compute = (tf: Tf): Tensor[] => {
      const f = (x: Tensor, w: Tensor): Tensor => tf.conv2d(x as Tensor4D, w as Tensor4D, stride, pad);
      const [x, w] = [image(tf, [2, 9, 8, 3]), image(tf, [3, 3, 3, 5])];
      return [f(x, w), ...tf.grads((x, w) => tf.sum(tf.square(f(x, w))))([x, w])];
    };
    expectClose(await on('tensorflow', compute), await on('cpu', compute), 1e-4);
  });

  test.each(cases)('a depthwise convolution and its gradients, padding %s, stride %d', async (_, stride, pad) => {
    const compute = (tf: Tf): Tensor[] => {
      const f = (x: Tensor, w: Tensor): Tensor => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, stride, pad);
      const [x, w] = [image(tf, [2, 9, 8, 6]), image(tf, [3, 3, 6, 1])];
      return [f(x, w), ...tf.grads((x, w) => tf.sum(tf.square(f(x, w))))([x, w])];
    };
    expectClose(await on('tensorflow', compute), await on('cpu', compute), 1e-4);
  });

  // A filter of one position is where libtensorflow 2.21 writes past its memory.
  test.each([
    [8, 2, 'valid'],
    [9, 2, 'same'],
    [7, 3, 0],
  ] as const)('the gradients of a 1 x 1 convolution of side %d, stride %d, padding %s', async (side, stride, pad) => {
    const compute = (tf: Tf): Tensor[] => {
      const f = (x: Tensor, w: Tensor): Tensor => tf.conv2d(x as Tensor4D, w as Tensor4D, stride, pad);
      const [x, w] = [image(tf, [2, side, side + 1, 4]), image(tf, [1, 1, 4, 5])];
      return tf.grads((x, w) => tf.sum(tf.square(f(x, w))))([x, w]);
    };
    expectClose(await on('tensorflow', compute), await on('cpu', compute), 1e-4);
  });

  test('prelu of infinity', async () => {
    const [computed] = await on('tensorflow', tf => {
      const x = tf.tensor4d([Infinity, -1, 0, 2, -Infinity, 3], [1, 3, 1, 2]);
      return tf.prelu(x, tf.tensor<Rank.R4>([0.5, -0.25], [1, 1, 1, 2]));
    });
    expect([...computed!.values]).toEqual([Infinity, 0.25, 0, 2, -Infinity, 3]);
  });
});
