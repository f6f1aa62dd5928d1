import { describe, expect, test } from '@jest/globals';
import type { Comparisons, Metric } from '../../src/evaluation/metrics/metric';

/** What every metric of the family keeps to, whatever it measures. */
export function checkMetric(metric: Metric): void {
  describe(`metric ${metric.name}`, () => {
    const separated = tenFolds((_, genuine) => (genuine ? 0.9 : 0.1));
    const reversed = tenFolds((_, genuine) => (genuine ? 0.1 : 0.9));
    const mixed = tenFolds((i, genuine) => (((i * 37) % 11) - 5) / 10 + (genuine ? 0.3 : 0));
    const [lowest, highest] = metric.range;

    test('is best for separated scores and worse for mixed ones, within its range', () => {
      expect(metric.measure(separated).value).toBe(metric.better === 'higher' ? highest : lowest);
      for (const pairs of [mixed, reversed]) {
        const value = metric.measure(pairs).value!;
        expect(value).toBeGreaterThan(metric.better === 'higher' ? lowest - 1e-9 : lowest);
        expect(value).toBeLessThan(metric.better === 'higher' ? highest : highest + 1e-9);
      }
    });

    test('does not depend on the order of the pairs', () => {
      const backwards = <T>(values: ArrayLike<T>): T[] => Array.from(values).reverse();
      const { scores, genuine, folds } = mixed;
      const turned = { scores: backwards(scores), genuine: backwards(genuine), folds: backwards(folds) };
      expect(metric.measure(turned)).toEqual(metric.measure(mixed));
    });

    test('gives a value in its range for scores that are all equal', () => {
      const { value } = metric.measure(tenFolds(() => 0.25));
      expect(value).toBeGreaterThanOrEqual(lowest);
      expect(value).toBeLessThanOrEqual(highest);
    });

    test.each(['genuine', 'impostor'])('gives a value in its range, or a reason, for %s pairs only', kind => {
      const single = { ...mixed, genuine: Array.from(mixed.genuine, () => (kind === 'genuine' ? 1 : 0)) };
      const measured = metric.measure(single);
      if (measured.value === null) expect(measured.reason).toContain('there are no');
      else expect(measured.value >= lowest && measured.value <= highest).toBe(true);
    });

    test('no pairs give a reason or an error, never a number', () => {
      let value: number | null = null;
      try {
        ({ value } = metric.measure({ scores: [], genuine: [], folds: [] }));
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-folds' });
      }
      expect(value).toBeNull();
    });

    test('refuses NaN, infinite scores and lists of different length', () => {
      expect(() => metric.measure({ ...mixed, scores: Array.from(mixed.scores, () => NaN) })).toThrow('want a finite');
      expect(() => metric.measure({ ...mixed, scores: Array.from(mixed.scores, () => Infinity) })).toThrow(
        'want a finite',
      );
      expect(() => metric.measure({ ...mixed, genuine: [1] })).toThrow('not equally many');
    });
  });
}

/** Two genuine and two impostor pairs in each of ten folds. */
function tenFolds(score: (pair: number, genuine: boolean) => number): Comparisons {
  const pairs = Array.from({ length: 40 }, (_, i) => i);
  return {
    scores: pairs.map(i => score(i, i % 2 === 0)),
    genuine: pairs.map(i => (i % 2 === 0 ? 1 : 0)),
    folds: pairs.map(i => Math.floor(i / 4)),
  };
}
