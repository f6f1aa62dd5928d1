import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import type { Comparisons } from '../../src/evaluation/metrics/comparisons';
import { groupPairs } from '../../src/evaluation/metrics/group-pairs';
import type { Measured, Metric } from '../../src/evaluation/metrics/metric';

/** What every metric of the family keeps to, whatever it measures. */
export function checkMetric(name: string, metric: Metric): void {
  describe(`metric ${name}`, () => {
    const separated = tenFolds((_, genuine) => (genuine ? 0.9 : 0.1));
    const reversed = tenFolds((_, genuine) => (genuine ? 0.1 : 0.9));
    const mixed = tenFolds((i, genuine) => (((i * 37) % 11) - 5) / 10 + (genuine ? 0.3 : 0));
    const [lowest, highest] = metric.range;
    const options = {};
    const takes = new Ajv({ useDefaults: true }).compile(metric.options);
    const takesNothing = takes(options);
    const measure = (pairs: Comparisons): readonly Measured[] => metric.measure(groupPairs(pairs), options);
    const valuesOf = (pairs: Comparisons): number[] => measure(pairs).flatMap(({ value }) => value ?? []);

    test('says what it is, and has a default for each option', () => {
      expect(takesNothing).toBe(true);
      expect(metric.label).toMatch(/^\S.{1,29}$/);
      expect(metric.definition).toMatch(/^[^.].{19,}[^.]$/s);
    });

    test('is best for separated scores and worse for mixed ones, within its range', () => {
      expect(valuesOf(separated)).toEqual(
        valuesOf(separated).map(() => (metric.better === 'higher' ? highest : lowest)),
      );
      expect(valuesOf(separated)).not.toEqual([]);
      for (const value of [...valuesOf(mixed), ...valuesOf(reversed)]) {
        expect(value).toBeGreaterThan(metric.better === 'higher' ? lowest - 1e-9 : lowest);
        expect(value).toBeLessThan(metric.better === 'higher' ? highest : highest + 1e-9);
      }
    });

    test('has a place of its own for each number, and a reason where there is none', () => {
      const measured = measure(mixed);
      expect(new Set(measured.map(({ at }) => at)).size).toBe(measured.length);
      for (const { value, reason } of measured) expect(value === null).toBe(reason !== undefined);
    });

    test('does not depend on the order of the pairs', () => {
      const backwards = <T>(values: ArrayLike<T>): T[] => Array.from(values).reverse();
      const { scores, genuine, folds } = mixed;
      const turned = { scores: backwards(scores), genuine: backwards(genuine), folds: backwards(folds) };
      expect(measure(turned)).toEqual(measure(mixed));
    });

    test('gives a value in its range for scores that are all equal', () => {
      const values = valuesOf(tenFolds(() => 0.25));
      expect(values).not.toEqual([]);
      for (const value of values) expect(value >= lowest && value <= highest).toBe(true);
    });

    test.each(['genuine', 'impostor'])('gives a value in its range, or a reason, for %s pairs only', kind => {
      const single = { ...mixed, genuine: Array.from(mixed.genuine, () => (kind === 'genuine' ? 1 : 0)) };
      for (const { value, reason } of measure(single)) {
        if (value === null) expect(reason).toContain('there are no');
        else expect(value >= lowest && value <= highest).toBe(true);
      }
    });

    test('no pairs give a reason, never a number', () => {
      for (const { value, reason } of measure({ scores: [], genuine: [], folds: [] })) {
        expect(value).toBeNull();
        expect(reason).not.toBe('');
      }
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
