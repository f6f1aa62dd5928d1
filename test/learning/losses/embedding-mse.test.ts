import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { embeddingMse } from '../../../src/learning/losses/embedding-mse';
import { normal, relativeDifference } from '../../helpers/engines';
import { TEST_ENGINES } from '../../helpers/usable-engines';

describe.each(TEST_ENGINES)('embeddingMse() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test('by hand: one pair equal in direction, one at a right angle', async () => {
    // Squared distances of the unit vectors: 0 and 2. Mean over 2 x 2 values: 2 / 4; summed over dimensions, mean of 2: 2 / 2.
    const [student, teacher] = [
      tf.tensor2d([
        [3, 0],
        [0, 2],
      ]),
      tf.tensor2d([
        [7, 0],
        [1, 0],
      ]),
    ];
    expect((await embeddingMse(tf, student, teacher, 'mean').data())[0]).toBeCloseTo(0.5, 6);
    expect((await embeddingMse(tf, student, teacher, 'sum').data())[0]).toBeCloseTo(1, 6);
  });

  test('at 512 dimensions 10,000 times the mean is 10,000 / 512 times the sum, and 39.06 times mean(1 - cos)', async () => {
    const [s, t] = [normal([6, 512], 's'), normal([6, 512], 't')];
    const [student, teacher] = [tf.tensor2d(s, [6, 512]), tf.tensor2d(t, [6, 512])];
    const mean = (await embeddingMse(tf, student, teacher, 'mean').data())[0]!;
    const sum = (await embeddingMse(tf, student, teacher, 'sum').data())[0]!;
    const cosine = (i: number): number => {
      const [a, b] = [s.subarray(i * 512, (i + 1) * 512), t.subarray(i * 512, (i + 1) * 512)];
      return a.reduce((total, x, j) => total + x * b[j]!, 0) / Math.hypot(...a) / Math.hypot(...b);
    };
    const disagreement = [0, 1, 2, 3, 4, 5].reduce((total, i) => total + 1 - cosine(i), 0) / 6;
    expect(10_000 * mean).toBeCloseTo((10_000 / 512) * sum, 3);
    expect((10_000 * mean) / (39.0625 * disagreement)).toBeCloseTo(1, 5);
  });

  test('the gradient in the student equals finite differences of the formula', async () => {
    const teacher = tf.tensor2d(normal([3, 4], 't'), [3, 4]);
    const at = normal([3, 4], 's');
    const gradient = tf.grad((x: Tensor) => embeddingMse(tf, x as Tensor2D, teacher, 'mean'))(tf.tensor2d(at, [3, 4]));
    const unit = (list: ArrayLike<number>, row: number): number[] => {
      const values = Array.from({ length: 4 }, (_, j) => list[row * 4 + j]!);
      return values.map(x => x / Math.hypot(...values));
    };
    const t = await teacher.data();
    const f = (s: ArrayLike<number>): number =>
      [0, 1, 2].reduce((sum, row) => sum + unit(s, row).reduce((r, x, j) => r + (x - unit(t, row)[j]!) ** 2, 0), 0) /
      12;
    const exact = Array.from(at);
    const wanted = exact.map((value, i) => {
      const moved = (by: number): number => f(exact.map((x, k) => (k === i ? value + by : x)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
    expect(relativeDifference(await gradient.data(), wanted)).toBeLessThan(1e-3);
  });

  test('a student embedding of zeros gives a finite loss and gradient', async () => {
    const teacher = tf.tensor2d([[1, 0]]);
    const { value, grad } = tf.valueAndGrad((x: Tensor) => embeddingMse(tf, x as Tensor2D, teacher, 'mean'))(
      tf.zeros([1, 2]),
    );
    expect((await value.data())[0]).toBeCloseTo(0.5, 6);
    expect([...(await grad.data())].every(Number.isFinite)).toBe(true);
  });

  test('gives the teacher no gradient, even where the teacher is a variable', async () => {
    const f = (student: Tensor, teacher: Tensor): Tensor =>
      embeddingMse(tf, student as Tensor2D, teacher as Tensor2D, 'sum');
    const [student, teacher] = tf.grads(f)([tf.tensor2d([[1, 2]]), tf.tensor2d([[2, -1]])]);
    expect([...(await teacher!.data())]).toEqual([0, 0]);
    // s = (1, 2) / sqrt 5, t = (2, -1) / sqrt 5, s . t = 0: the gradient is -2 (t - s (s . t)) / |(1, 2)| = -2 (2, -1) / 5.
    const [x, y] = await student!.data();
    expect(x).toBeCloseTo(-0.8, 6);
    expect(y).toBeCloseTo(0.4, 6);
  });

  test('of an embedding that is not a number is none either', async () => {
    const loss = embeddingMse(tf, tf.tensor2d([[NaN, 1]]), tf.tensor2d([[1, 0]]), 'mean');
    expect(Number.isFinite((await loss.data())[0])).toBe(false);
  });
});
