import { expect, test } from '@jest/globals';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../src/learning/engines/engine';
import type { OnednnBackend } from '../../../../src/learning/engines/onednn/backend';
import { normal } from '../../../helpers/engines';
import { describeNative } from '../../../helpers/usable-engines';

const LENGTH = 1024;

async function start(threads = 2): Promise<{ tf: Tf; backend: OnednnBackend }> {
  const tf = await startEngine('onednn', { threads });
  return { tf, backend: tf.engine().backend as unknown as OnednnBackend };
}

/** Overwrites whatever memory waits to be used again. */
function useMemoryAgain(tf: Tf): void {
  tf.dispose(Array.from({ length: 8 }, () => tf.fill([LENGTH], -7)));
}

describeNative('backend', () => {
  test('uses the memory of tensors that are gone again', async () => {
    const { tf, backend } = await start();
    const a = tf.fill([LENGTH], 1);
    const memory = backend.floats(a);
    a.dispose();
    expect(backend.floats(tf.fill([LENGTH], 2))).toBe(memory);
  });

  test('leaves alone what was read out', async () => {
    const { tf } = await start();
    const [a, b, c] = [3, 4, 5].map(value => tf.fill([LENGTH], value)) as [Tensor, Tensor, Tensor];
    const [read, waited, array] = [a.dataSync(), await b.data(), c.bufferSync().values];
    tf.dispose([a, b, c]);
    useMemoryAgain(tf);
    expect([read[0], waited[0], array[0]]).toEqual([3, 4, 5]);
  });

  test('leaves alone what came in from outside', async () => {
    const { tf } = await start();
    const values = new Float32Array(LENGTH).fill(3);
    tf.tensor1d(values).dispose();
    useMemoryAgain(tf);
    expect(values[0]).toBe(3);
  });

  test.each<[string, (tf: Tf, x: Tensor) => Tensor]>([
    ['a slice', (tf, x) => tf.slice(x, 10, 600)],
    ['a split', (tf, x) => tf.split(x, 2)[1]!],
    ['a reshaped tensor', (tf, x) => tf.reshape(x, [2, -1])],
    ['a clone', (tf, x) => tf.clone(x)],
    ['a cast to complex numbers', (tf, x) => tf.real(tf.complex(x, x))],
    ['a row of an unstacked tensor', (tf, x) => tf.unstack(tf.reshape(x, [2, -1]))[0]!],
    ['a pool of single pixels', (tf, x) => tf.maxPool(tf.reshape<Rank.R4>(x, [1, 32, 32, 1]), 1, 1, 0)],
  ])('keeps the values of %s when its origin is gone', async (_, derive) => {
    const { tf } = await start();
    const y = tf.tidy(() => derive(tf, tf.fill([LENGTH], 3)));
    useMemoryAgain(tf);
    expect(new Set(y.dataSync())).toEqual(new Set([3]));
  });

  test('moves tensors to and from another backend', async () => {
    const { tf } = await start();
    const x = tf.fill([LENGTH], 3);
    await startEngine('cpu');
    const y = tf.add(x, 1);
    await startEngine('onednn');
    useMemoryAgain(tf);
    expect(tf.add(y, x).dataSync()[LENGTH - 1]).toBe(7);
  });

  test('says of memory that others may hold that it is not private', async () => {
    const { tf, backend } = await start();
    const [own, cloned, read] = [1, 2, 3].map(value => tf.fill([LENGTH], value)) as [Tensor, Tensor, Tensor];
    const clone = tf.clone(cloned);
    read.dataSync();
    const given = tf.tensor1d(new Float32Array(LENGTH));
    expect([own, cloned, read, given].map(({ dataId }) => backend.isPrivate(dataId))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    clone.dispose();
    expect(backend.isPrivate(cloned.dataId)).toBe(true);
  });

  test('gives the same bits again with the same number of threads', async () => {
    const { tf } = await start(2);
    const shapes = [
      [8, 20, 20, 16],
      [3, 3, 16, 24],
      [3, 3, 24, 1],
    ] as [number, number, number, number][];
    const [x, w, d] = shapes.map(shape => tf.tensor4d(normal(shape), shape)) as [Tensor4D, Tensor4D, Tensor4D];
    const loss = (...[w, d]: Tensor[]): Tensor => {
      const y = tf.depthwiseConv2d(tf.conv2d(x, w as Tensor4D, 1, 1), d as Tensor4D, 1, 1);
      return tf.sum(
        tf.logSoftmax(
          tf.reshape(
            tf.leakyRelu(tf.batchNorm(y, tf.mean(y, [0, 1, 2]), tf.ones([24]), tf.zeros([24]), tf.ones([24]))),
            [8, -1],
          ),
        ),
      );
    };
    const bits = (): number[] =>
      tf.tidy(() =>
        tf
          .grads(loss)([w, d])
          .flatMap(gradient => [...new Int32Array(gradient.dataSync().slice().buffer)]),
      );
    const first = bits();
    for (let i = 0; i < 5; i++) expect(bits()).toEqual(first);
  });

  test('a training step leaves no tensor behind and needs no more memory', async () => {
    const { tf, backend } = await start();
    const [x, w, m] = [normal([4, 12, 12, 3]), normal([3, 3, 3, 8]), normal([288, 5])];
    const [image, filter, matrix] = [
      tf.tensor4d(x, [4, 12, 12, 3]),
      tf.tensor4d(w, [3, 3, 3, 8]),
      tf.tensor2d(m, [288, 5]),
    ];
    const loss = (...[f, g]: Tensor[]): Tensor => {
      const y = tf.maxPool(tf.relu(tf.conv2d(image, f as Tensor4D, 1, 1)), 2, 2, 0);
      return tf.sum(tf.square(tf.matMul(tf.reshape(y, [4, 288]), g as Tensor)));
    };
    const step = (): void => tf.dispose(tf.tidy(() => tf.grads(loss)([filter, matrix])));
    const counts = () => [tf.memory().numTensors, backend.numDataIds(), backend.pool.statistics()];
    for (let i = 0; i < 5; i++) step();
    const before = counts();
    for (let i = 0; i < 100; i++) step();
    expect(counts()).toEqual(before);
  });
});
