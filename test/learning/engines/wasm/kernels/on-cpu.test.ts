import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../../src/learning/engines/engine';
import { expectClose, normal, on } from '../../../../helpers/engines';

describe('kernels on the cpu backend', () => {
  test('wasm has every kernel that cpu has, but for drawing', async () => {
    const tf = await startEngine('wasm');
    const names = (backend: string): string[] => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
    const present = new Set(names('wasm'));
    expect(names('cpu').length).toBeGreaterThan(150);
    expect(names('cpu').filter(name => !present.has(name))).toEqual(['Draw']);
  });

  test('a lacking kernel answers on wasm, and its inputs and its answer lie there', async () => {
    const tf = await startEngine('wasm');
    const before = tf.backend().numDataIds();
    const [a, b] = [tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor1d([10, 1])];
    const product = tf.einsum('ij,j->i', a, b);
    expect(Array.from(product.dataSync())).toEqual([12, 34]);
    expect(tf.backend().numDataIds() - before).toBe(3);
    tf.dispose([a, b, product]);
    expect(tf.backend().numDataIds()).toBe(before);
    expect(tf.findBackend('cpu').numDataIds()).toBe(0);
  });

  test('complex numbers stay on the cpu backend, and are let go of', async () => {
    const tf = await startEngine('wasm');
    const before = tf.memory().numTensors;
    // (1 + 2i)(3 + 4i) = -5 + 10i
    const product = tf.tidy(() => tf.mul(tf.complex([1], [2]), tf.complex([3], [4])));
    expect(Array.from(product.dataSync())).toEqual([-5, 10]);
    product.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.findBackend('cpu').numDataIds()).toBe(0);
  });

  test('strings are compared as strings', async () => {
    const tf = await startEngine('wasm');
    const equal = tf.equal(tf.tensor1d(['face', 'faces', '']), tf.tensor1d(['face', 'face', '']));
    expect(Array.from(equal.dataSync())).toEqual([1, 0, 1]);
  });

  test('a kernel that throws leaves nothing on the cpu backend', async () => {
    const tf = await startEngine('wasm');
    const before = tf.findBackend('cpu').numDataIds();
    expect(() => tf.einsum('ij,jk->ik', tf.ones([2, 3]), tf.ones([2, 3]))).toThrow('dimension');
    expect(tf.findBackend('cpu').numDataIds()).toBe(before);
  });

  test.each<[string, (tf: Tf) => Tensor]>([
    [
      'conv2d with the channels first',
      tf => tf.conv2d(image(tf, [2, 3, 6, 5]), filter(tf, [3, 2, 3, 4]), 1, 'same', 'NCHW'),
    ],
    [
      'the gradient of such a convolution',
      tf =>
        tf.grad((x: Tensor) => tf.conv2d(x as Tensor4D, filter(tf, [3, 2, 3, 4]), 1, 'valid', 'NCHW'))(
          image(tf, [2, 3, 6, 5]),
        ),
    ],
    [
      'a depthwise convolution with two filters a channel',
      tf =>
        tf.grad((x: Tensor) => tf.depthwiseConv2d(x as Tensor4D, filter(tf, [3, 3, 4, 2]), 1, 'same'))(
          image(tf, [2, 5, 6, 4]),
        ),
    ],
    [
      'a fused convolution with a bias of four axes',
      tf =>
        tf.fused.conv2d({
          x: image(tf, [1, 4, 4, 2]),
          filter: filter(tf, [2, 2, 2, 3]),
          strides: 1,
          pad: 'valid',
          bias: tf.tensor(normal([1, 3, 3, 3], 'b'), [1, 3, 3, 3]),
        }),
    ],
    ['windows of one pixel in the padding', tf => tf.maxPool(image(tf, [1, 2, 2, 3]), 1, 2, 1)],
    [
      'a product of integers',
      tf => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), tf.tensor2d([5, 6, 7, 8], [2, 2], 'int32')),
    ],
    ['numbers as booleans', tf => tf.cast(tf.tensor1d([0, 3, -254, NaN]), 'bool')],
    ['counts in a matrix', tf => tf.bincount(tf.tensor2d([0, 1, 1, 2], [2, 2], 'int32') as never, tf.tensor1d([]), 4)],
  ])('%s agrees with the cpu engine', async (_, compute) => {
    expectClose(await on('wasm', compute), await on('cpu', compute));
  });
});

describe('clipByValue', () => {
  test('keeps what is not a number, between infinities too', async () => {
    const tf = await startEngine('wasm');
    const clipped = tf.clipByValue([NaN, -Infinity, Infinity, -3, 0.5, NaN, 2], -1, 1);
    expect(Array.from(clipped.dataSync())).toEqual([NaN, -1, 1, -1, 0.5, NaN, 1]);
  });

  test('has infinities at the bounds where every value is a number', async () => {
    const tf = await startEngine('wasm');
    expect(Array.from(tf.clipByValue([Infinity, -Infinity, 0], -1, 1).dataSync())).toEqual([1, -1, 0]);
  });
});

describe('identity', () => {
  test('a clone shares the memory of its tensor, which lives as long as one of them', async () => {
    const tf = await startEngine('wasm');
    const before = tf.backend().numDataIds();
    const x = tf.tensor1d([1, 2, 3]);
    const clone = tf.clone(x);
    expect(tf.backend().numDataIds() - before).toBe(1);
    x.dispose();
    expect(Array.from(clone.dataSync())).toEqual([1, 2, 3]);
    clone.dispose();
    expect(tf.backend().numDataIds()).toBe(before);
  });
});

describe('slice', () => {
  test('refuses to read beyond the end', async () => {
    const tf = await startEngine('wasm');
    expect(() => tf.slice(tf.zeros([3, 4]), [1, 2], [3, 2])).toThrow('begin[0] + size[0]');
  });
});

function image(tf: Tf, shape: [number, number, number, number]): Tensor4D {
  return tf.tensor4d(normal(shape), shape);
}

function filter(tf: Tf, shape: [number, number, number, number]): Tensor4D {
  return tf.tensor4d(normal(shape, 'filter'), shape);
}
