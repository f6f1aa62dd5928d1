import { describe, expect, test } from '@jest/globals';
import { METRICS } from '../../../src/evaluation/metrics';
import type { Comparisons } from '../../../src/evaluation/metrics/comparisons';
import { groupPairs } from '../../../src/evaluation/metrics/group-pairs';
import { areaUnder, logRocPoints, operatingPoint, rocOf } from '../../../src/evaluation/metrics/roc';
import reference from '../../fixtures/metrics/reference.json';

function comparisons(genuine: readonly number[], impostor: readonly number[]) {
  const scores = [...genuine, ...impostor];
  return { scores, genuine: scores.map((_, i) => (i < genuine.length ? 1 : 0)), folds: scores.map(() => 0) };
}

const { auc, eer, 'tar-at-fmr': tar } = METRICS.members;
const aucOf = (pairs: Comparisons) => auc.measure(groupPairs(pairs), {})[0]!.value;
const eerOf = (pairs: Comparisons) => eer.measure(groupPairs(pairs), {})[0]!.value;
const tarAt = (pairs: Comparisons, fmr: number) => tar.measure(groupPairs(pairs), { fmrs: [fmr] })[0]!;

describe.each(reference.scores)('$name', ({ cosines, genuine, folds, rates }) => {
  const pairs = { scores: cosines, genuine, folds };

  test('auc and eer equal scikit-learn and SciPy', () => {
    expect(aucOf(pairs)).toBeCloseTo(rates.auc, 12);
    expect(eerOf(pairs)).toBeCloseTo(rates.eer, 10);
  });

  test('operatingPoint() equals the highest TPR of sklearn.roc_curve at the FPR', () => {
    for (const [target, tar] of Object.entries(rates.tar)) {
      expect(operatingPoint(rocOf(pairs), Number(target)).tmr).toBeCloseTo(tar, 12);
    }
  });
});

describe('rocOf()', () => {
  test('lets tied scores enter together', () => {
    const roc = rocOf(comparisons([0.9, 0.5], [0.5, 0.1]));
    expect([...roc.thresholds]).toEqual([Infinity, 0.9, 0.5, 0.1]);
    expect([...roc.fmr]).toEqual([0, 0, 0.5, 1]);
    expect([...roc.tmr]).toEqual([0, 0.5, 1, 1]);
    // Genuine above impostor in 3 of 4 comparisons, one tie: (3 + 0.5) / 4.
    expect(aucOf(comparisons([0.9, 0.5], [0.5, 0.1]))).toBe(0.875);
  });

  test('of one score for all is the diagonal', () => {
    const flat = comparisons([0.3, 0.3], [0.3]);
    expect(aucOf(flat)).toBe(0.5);
    expect(eerOf(flat)).toBe(0.5);
  });
});

// Scores of every precision, with many ties: the plain definition, threshold by threshold.
test.each([
  ['float32', (scores: Float32Array) => scores],
  ['float64', (scores: Float32Array) => Float64Array.from(scores)],
  ['plain', (scores: Float32Array) => Array.from(scores)],
])('rocOf() of %s scores has the counts of each distinct one', (_, as) => {
  const { cosines, genuine, folds } = reference.scores[0]!;
  const rounded = Float32Array.from(cosines, cosine => Math.round(cosine * 20) / 20);
  const scores: ArrayLike<number> = as(rounded);
  const roc = rocOf({ scores, genuine, folds });
  const distinct = [...new Set(rounded)].sort((a, b) => b - a);
  expect([...roc.thresholds]).toEqual([Infinity, ...distinct]);
  const share = (of: number, threshold: number): number =>
    genuine.filter((one, i) => one === of && scores[i]! >= threshold).length / genuine.filter(one => one === of).length;
  distinct.forEach((threshold, i) => {
    expect([roc.fmr[i + 1], roc.tmr[i + 1]]).toEqual([share(0, threshold), share(1, threshold)]);
  });
  expect(areaUnder(roc)).toBe(aucOf({ scores, genuine, folds }));
});

describe('eer', () => {
  test('is 0 for separated scores and 1 for reversed ones', () => {
    expect(eerOf(comparisons([0.8, 0.9], [0.1]))).toBe(0);
    expect(eerOf(comparisons([0.1], [0.8, 0.9]))).toBe(1);
  });

  test('interpolates where no point has FMR = FNMR', () => {
    // The tie at 0.5 takes the ROC from (0, 1/2) to (1/3, 1): FMR = 1 - TMR where s/3 = 1/2 - s/2, so s = 3/5 and EER = 1/5.
    expect(eerOf(comparisons([0.9, 0.5], [0.5, 0.1, 0.2]))).toBeCloseTo(0.2, 12);
  });
});

describe('tar-at-fmr', () => {
  const impostor = Array.from({ length: 100 }, (_, i) => i / 1000);

  test('counts false matches exactly: 1 of 100 at 0.01', () => {
    // Thresholds may let the impostor 0.099 in but not 0.098, so genuine scores from 0.0985 match.
    const pairs = comparisons([0.0985, 0.5, 0.097, 0.2], impostor);
    expect(tarAt(pairs, 0.01)).toMatchObject({ at: 0.01, value: 0.75, threshold: 0.0985 });
    expect(tarAt(pairs, 0.01).note).toContain('rule of three needs 300');
    expect(tarAt(pairs, 0.1).note).toBeUndefined();
  });

  test('gives no value, but a reason, below 1 / FMR impostor pairs', () => {
    expect(tarAt(comparisons([1], impostor), 0.001)).toEqual({
      at: 0.001,
      value: null,
      reason: 'insufficient data: 100 impostor pairs, want at least 1000',
    });
    expect(tarAt(comparisons([], impostor), 0.1).reason).toBe('there are no genuine pairs');
    expect(tarAt(comparisons([1], []), 0.1).reason).toBe('there are no impostor pairs');
  });

  test('is 0, without a threshold, when the best impostors tie above every genuine pair', () => {
    const tied = comparisons([0.5], new Array<number>(20).fill(0.9));
    expect(tarAt(tied, 0.1)).toMatchObject({ value: 0, threshold: null });
  });

  test('RFW with 3000 impostor pairs can show an FMR of 0.001, without reservation', () => {
    const many = Array.from({ length: 3000 }, (_, i) => -i / 3000);
    expect(tarAt(comparisons([0.5], many), 0.001)).toEqual({ at: 0.001, value: 1, threshold: -2 / 3000 });
  });
});

test('logRocPoints() spans one impostor pair to 1 and never falls', () => {
  const points = logRocPoints(rocOf(comparisons([0.9, 0.5, 0.3], [0.6, 0.2, 0.1, 0])), 40);
  expect(points).toHaveLength(41);
  // The impostor 0.6 alone lets in the genuine 0.9, and then 0.5 and 0.3 before the next impostor.
  expect(points[0]).toEqual([0.25, 1]);
  expect(points[40]).toEqual([1, 1]);
  points.slice(1).forEach(([fmr, tmr], i) => {
    expect(fmr).toBeGreaterThan(points[i]![0]);
    expect(tmr).toBeGreaterThanOrEqual(points[i]![1]);
  });
});
