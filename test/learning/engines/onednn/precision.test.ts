import { afterAll, describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../src/learning/engines/engine';
import { expectClose, normal, on, relativeDifference } from '../../../helpers/engines';
import { describeNative, KNOWS_BF16 } from '../../../helpers/usable-engines';

/** To the nearest number with 8 bits, to the even one of two: 1 + 2^-7 is the next after 1. */
function toBf16(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.slice().buffer).map(word => (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000);
  return new Float32Array(bits.buffer);
}

type Shape4 = [number, number, number, number];

const X: Shape4 = [2, 9, 8, 32];
const W: Shape4 = [3, 3, 32, 48];
const DY: Shape4 = [2, 9, 8, 48];

/** Product and gradients, each of operands that `round` has been at. */
function products(tf: Tf, round: (values: Float32Array) => Float32Array): Tensor[] {
  const tensor = (shape: Shape4, label: string): Tensor4D => tf.tensor4d(round(normal(shape, label)), shape);
  const [x, w, dy] = [tensor(X, 'x'), tensor(W, 'w'), tensor(DY, 'dy')];
  const convolve = (a: Tensor, b: Tensor): Tensor => tf.conv2d(a as Tensor4D, b as Tensor4D, 1, 1);
  const [a, b] = [tf.reshape(x, [-1, 64]), tf.reshape(w, [64, -1])];
  return [convolve(x, w), ...tf.grads(convolve)([x, w], dy), tf.matMul(a, b), tf.matMul(b, a, true, true)];
}

const keep = (values: Float32Array): Float32Array => values;

async function inBf16(compute: (tf: Tf) => Tensor[]): Promise<{ shape: readonly number[]; values: Float32Array }[]> {
  const tf = await startEngine('onednn', { precision: 'bf16' });
  return tf.tidy(() => compute(tf).map(y => ({ shape: y.shape, values: Float32Array.from(y.dataSync()) })));
}

(KNOWS_BF16 ? describeNative : describe.skip)('precision bf16', () => {
  afterAll(() => startEngine('onednn'));

  test('rounds the operands of convolutions and matrix products, and nothing else', async () => {
    // Sums are float32: what the CPU makes of rounded operands comes out, but for the order of summation.
    expectClose(await inBf16(tf => products(tf, keep)), await on('cpu', tf => products(tf, toBf16)), 1e-5);
  });

  test('stays within 1 % of the largest value of float32', async () => {
    const [found, wanted] = [await inBf16(tf => products(tf, keep)), await on('cpu', tf => products(tf, keep))];
    for (const [i, { values }] of found.entries()) {
      const difference = relativeDifference(values, wanted[i]!.values);
      expect(difference).toBeLessThan(1e-2);
      // Or nothing was rounded.
      expect(difference).toBeGreaterThan(1e-4);
    }
  });

  test('leaves other kernels in float32', async () => {
    const tf = await startEngine('onednn', { precision: 'bf16' });
    expect(tf.add(1, 1e-6).dataSync()[0]).toBe(Math.fround(1 + 1e-6));
  });

  test('ends when the engine is started in f32', async () => {
    const f32 = await on('onednn', tf => products(tf, keep));
    expectClose(f32, await on('cpu', tf => products(tf, keep)), 1e-5);
  });
});
