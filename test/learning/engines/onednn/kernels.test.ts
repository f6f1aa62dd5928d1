import { expect, jest, test } from '@jest/globals';
import { startEngine } from '../../../../src/learning/engines/start-engine';
import { loadAddon } from '../../../../src/learning/engines/onednn/addon';
import { on } from '../../../helpers/engines';
import { describeNative } from '../../../helpers/usable-engines';
import { BINARY_CASES, MOVE_CASES, NORM_CASES, REDUCTION_CASES, UNARY_CASES, type Case } from './cases';
import { CONVOLUTION_CASES, DEPTHWISE_CASES, FUSED_CASES, POOL_CASES, PRODUCT_CASES } from './products';

const CASES: readonly Case[] = [
  ...UNARY_CASES,
  ...BINARY_CASES,
  ...REDUCTION_CASES,
  ...NORM_CASES,
  ...MOVE_CASES,
  ...CONVOLUTION_CASES,
  ...DEPTHWISE_CASES,
  ...FUSED_CASES,
  ...PRODUCT_CASES,
  ...POOL_CASES,
];

describeNative('kernels', () => {
  test.each(CASES.map(one => [one.title, one] as const))('%s: as tfjs computes it', async (_, { by, compute }) => {
    const wanted = await on('cpu', compute);
    const native = jest.spyOn(loadAddon() as unknown as Record<string, () => unknown>, by);
    const found = await on('onednn', compute);
    // Or it would be tfjs compared with itself.
    expect(native).toHaveBeenCalled();
    native.mockRestore();
    for (const [i, { shape, values }] of found.entries()) {
      expect(shape).toEqual(wanted[i]!.shape);
      expectSame(values, wanted[i]!.values);
    }
  });

  test('what is empty goes to the kernels of tfjs', async () => {
    const tf = await startEngine('onednn');
    const none = tf.zeros([0, 3]);
    expect(tf.add(none, none).shape).toEqual([0, 3]);
    expect(tf.sum(none, 0).dataSync()).toEqual(Float32Array.of(0, 0, 0));
    expect(tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync()).toEqual(new Float32Array(6));
    expect(tf.concat([none, tf.ones([1, 3])]).dataSync()).toEqual(Float32Array.of(1, 1, 1));
  });

  test('whole numbers and truth values go to the kernels of tfjs', async () => {
    const tf = await startEngine('onednn');
    expect(tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32')).dataSync()).toEqual(Int32Array.of(4, 6));
    expect(tf.sum(tf.tensor1d([true, true], 'bool')).dataSync()).toEqual(Int32Array.of(2));
    expect(tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([0.5, 0.5])).dataSync()).toEqual(Float32Array.of(1.5, 2.5));
  });
});

/** Within 1e-5 of the largest number of them; NaN and infinity where they are wanted. */
function expectSame(found: Float32Array, wanted: Float32Array): void {
  const finite = wanted.filter(value => Number.isFinite(value)).map(value => Math.abs(value));
  const largest = finite.reduce((most, value) => Math.max(most, value), 0);
  const isSame = (value: number, i: number): boolean =>
    Object.is(value, wanted[i]!) ||
    // Of the smallest values the processor may keep none.
    Math.abs(value - wanted[i]!) <= Math.max(1e-5 * (largest < 1e30 ? largest : Math.abs(wanted[i]!)), 1e-37);
  const wrong = [...found].flatMap((value, i) => (isSame(value, i) ? [] : [`${i}: ${value} not ${wanted[i]!}`]));
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(found.length).toBe(wanted.length);
}
