import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { toUnit } from '../../../src/learning/losses/unit';
import { normal, relativeDifference } from '../../helpers/engines';

describe.each(['cpu', 'wasm'] as const)('toUnit() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  test('by hand: rows or columns of length 1', async () => {
    const x = tf.tensor2d([
      [3, 4],
      [0, -2],
    ]);
    const rows = await toUnit(tf, x, 1).data();
    for (const [i, wanted] of [0.6, 0.8, 0, -1].entries()) expect(rows[i]).toBeCloseTo(wanted, 6);
    const columns = await toUnit(tf, x, 0).data();
    const root = Math.sqrt(20);
    for (const [i, wanted] of [1, 4 / root, 0, -2 / root].entries()) expect(columns[i]).toBeCloseTo(wanted, 6);
  });

  test.each([0, 1] as const)('over axis %p has the gradient (dy - u (u . dy)) / length', async axis => {
    const [n, m] = [5, 4];
    const [x, dy] = [normal([n, m]), normal([n, m], 'dy')];
    const gradient = tf.grad((x: Tensor) => toUnit(tf, x as Tensor2D, axis))(
      tf.tensor2d(x, [n, m]),
      tf.tensor2d(dy, [n, m]),
    );
    const group = (i: number): number => (axis === 1 ? Math.floor(i / m) : i % m);
    const total = (of: (i: number) => number): number[] => {
      const sums = Array.from({ length: axis === 1 ? n : m }, () => 0);
      x.forEach((_, i) => (sums[group(i)]! += of(i)));
      return sums;
    };
    const length = total(i => x[i]! ** 2).map(Math.sqrt);
    const along = total(i => (dy[i]! * x[i]!) / length[group(i)]!);
    const wanted = Array.from(x, (value, i) => {
      const g = group(i);
      return (dy[i]! - (value / length[g]!) * along[g]!) / length[g]!;
    });
    expect(relativeDifference(await gradient.data(), wanted)).toBeLessThan(1e-5);
  });

  test('keeps a vector of zeros, with a finite gradient, and leaves its neighbours alone', async () => {
    const x = tf.tensor2d([
      [0, 0],
      [0, 5],
    ]);
    const { value, grad } = tf.valueAndGrad((x: Tensor) => tf.sum(toUnit(tf, x as Tensor2D, 1)))(x);
    expect([...(await toUnit(tf, x, 1).data())]).toEqual([0, 0, 0, 1]);
    expect((await value.data())[0]).toBe(1);
    const found = await grad.data();
    expect([...found].every(Number.isFinite)).toBe(true);
    // Along the vector nothing changes; across it 1 / length.
    expect(found[2]).toBeCloseTo(1 / 5, 6);
    expect(found[3]).toBeCloseTo(0, 6);
  });

  test('divides what is shorter than 1e-12 by that, as PyTorch does', async () => {
    const [x, y] = await toUnit(tf, tf.tensor2d([[3e-15, 4e-15]]), 1).data();
    expect(x).toBeCloseTo(0.003, 6);
    expect(y).toBeCloseTo(0.004, 6);
  });
});
