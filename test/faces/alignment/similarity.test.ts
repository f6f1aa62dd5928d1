import { describe, expect, test } from '@jest/globals';
import { fitSimilarity, type Similarity } from '../../../src/faces/alignment/similarity';
import { arcfaceTemplate } from '../../../src/faces/alignment/template';

const TEMPLATE = arcfaceTemplate(112);
const IMAGE = { width: 400, height: 400 };

/** The template seen through the inverse of a similarity: fitting it must give that similarity back. */
const photographed = ({ a, b, tx, ty }: Similarity): number[] => {
  const d = a * a + b * b;
  return Array.from({ length: 5 }).flatMap((_, i) => {
    const [u, v] = [TEMPLATE[2 * i]! - tx, TEMPLATE[2 * i + 1]! - ty];
    return [(a * u + b * v) / d, (-b * u + a * v) / d];
  });
};

const fit = (points: readonly number[]) => fitSimilarity(points, TEMPLATE, IMAGE, 112);
const fitted = (points: readonly number[]) => {
  const found = fit(points);
  if (!found.ok) throw new Error(found.detail);
  return found;
};
const reason = (points: readonly number[]) => {
  const found = fit(points);
  return found.ok ? 'fits' : found.reason;
};

describe('fitSimilarity', () => {
  test.each([
    ['the identity', { a: 1, b: 0, tx: 0, ty: 0 }],
    ['a shift', { a: 1, b: 0, tx: -100, ty: -30.5 }],
    ['half the size', { a: 0.5, b: 0, tx: 0, ty: 0 }],
    ['a quarter turn', { a: 0, b: 1, tx: 112, ty: 0 }],
    ['all of it', { a: 0.6 * Math.cos(0.3), b: 0.6 * Math.sin(0.3), tx: -12.5, ty: -40.25 }],
  ])('finds %s', (_, wanted) => {
    const found = fitted(photographed(wanted));
    for (const key of ['a', 'b', 'tx', 'ty'] as const) expect(found.similarity[key]).toBeCloseTo(wanted[key], 9);
    expect(found.scale).toBeCloseTo(Math.hypot(wanted.a, wanted.b), 9);
    expect(found.residual).toBeLessThan(1e-5);
  });

  test('is the least-squares one, by hand', () => {
    // Centred points (-1,0) (1,0) (0,0) (0,2) (0,-2) to (-2,0) (2,0) (0,0) (0,2) (0,-2):
    // a = (2 + 2 + 4 + 4) / (1 + 1 + 4 + 4) = 1.2, b = 0; both means are (50, 50), so t = 50 - 1.2 * 50 = -10.
    // Left over: x: 2 * 0.8² = 1.28; y: 2 * 0.4² = 0.32; RMS = sqrt(1.6 / 5).
    const from = [49, 50, 51, 50, 50, 50, 50, 52, 50, 48];
    const to = [48, 50, 52, 50, 50, 50, 50, 52, 50, 48];
    const found = fitSimilarity(from, to, IMAGE, 112);
    expect(found).toMatchObject({ ok: true });
    if (!found.ok) return;
    expect(found.similarity.a).toBeCloseTo(1.2, 12);
    expect(found.similarity.b).toBeCloseTo(0, 12);
    expect(found.similarity.tx).toBeCloseTo(-10, 10);
    expect(found.similarity.ty).toBeCloseTo(-10, 10);
    expect(found.residual).toBeCloseTo(Math.sqrt(1.6 / 5), 10);
  });

  test('leaves more than any other similarity nearby would', () => {
    const points = [30, 42, 70, 45, 52, 60, 35, 95, 66, 88];
    const found = fitted(points);
    const squares = ({ a, b, tx, ty }: Similarity): number =>
      [0, 2, 4, 6, 8].reduce((sum, i) => {
        const [x, y] = [points[i]!, points[i + 1]!];
        return sum + (a * x - b * y + tx - TEMPLATE[i]!) ** 2 + (b * x + a * y + ty - TEMPLATE[i + 1]!) ** 2;
      }, 0);
    const best = squares(found.similarity);
    expect(Math.sqrt(best / 5)).toBeCloseTo(found.residual, 9);
    for (const key of ['a', 'b', 'tx', 'ty'] as const) {
      for (const step of [-1e-3, 1e-3]) {
        expect(squares({ ...found.similarity, [key]: found.similarity[key] + step })).toBeGreaterThan(best);
      }
    }
  });

  test('takes a face in profile, whose eyes lie at one x', () => {
    expect(reason([100, 100, 100.5, 100, 140, 140, 100, 180, 101, 180])).not.toBe('not-a-face');
    expect(reason([100, 100, 104, 100, 140, 140, 100, 180, 104, 180])).toBe('fits');
  });

  test.each([
    ['not-finite', [NaN, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['not-finite', [Infinity, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['not-finite', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['no-face-found', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['no-face-found', [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1]],
    ['fractions', [0.342, 0.462, 0.657, 0.46, 0.5, 0.641, 0.371, 0.825, 0.632, 0.823]],
    ['points-coincide', [5, 5, 5, 5, 5, 5, 5, 5, 5, 5]],
    ['points-coincide', [77.3, 12.1, 77.3, 12.1, 77.3, 12.1, 77.3, 12.1, 77.3, 12.1]],
    ['eyes-coincide', [60, 50, 60, 50, 65, 70, 50, 90, 80, 90]],
    ['collinear', [10, 10, 20, 20, 30, 30, 40, 40, 50, 50]],
    ['collinear', [10, 7, 20, 7, 30, 7, 40, 7, 50, 7]],
    ['outside-image', [-62, -49, -27, -49, -44, -29, -59, -8, -30, -8]],
    ['outside-image', [462, 449, 497, 449, 480, 469, 465, 490, 494, 490]],
    // Left and right swapped.
    ['not-a-face', [73.5, 51.5, 38.3, 51.7, 56, 71.7, 70.7, 92.2, 41.5, 92.4]],
    // Eyes 1 px apart.
    ['absurd-scale', [100, 100, 101, 100, 100.5, 100.6, 100.1, 101.1, 100.9, 101.1]],
    // Eyes 4000 px apart in an image of 400.
    ['absurd-scale', [200, 200, 4200, 200, 2200, 2500, 600, 4800, 3900, 4800]],
  ])('says %s', (wanted, points) => {
    expect(reason(points)).toBe(wanted);
  });

  test('takes points that lie partly outside of the image', () => {
    expect(reason([-10, 50, 25, 50, 8, 70, -7, 91, 22, 91])).toBe('fits');
  });
});
