import { describe, expect, test } from '@jest/globals';
import { accuracyInterval, differenceOf, standardErrorOf } from '../../src/reports/difference';
import { madeUpEvaluation, pairsWithErrors } from '../helpers/evaluations';

const alternating = (a: number, b: number): number[] => Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? a : b));
const evaluate = (label: string, errors: Record<string, number[]>) =>
  madeUpEvaluation({ label, role: 'other' }, pairsWithErrors(errors));

describe('standardErrorOf()', () => {
  test('is s / sqrt(n) with divisor n - 1', () => {
    // 85 and 75 five times each: squares sum to 10 x 25, s = sqrt(250 / 9), s / sqrt(10) = sqrt(25 / 9).
    expect(standardErrorOf(alternating(85, 75))).toBeCloseTo(5 / 3, 12);
    expect(standardErrorOf(alternating(85, 85))).toBe(0);
  });
});

describe('accuracyInterval()', () => {
  test('is 2.2622 standard errors wide to either side, within 0 and 100', () => {
    expect(accuracyInterval(80, alternating(85, 75))).toEqual([
      expect.closeTo(80 - (2.2622 * 5) / 3, 9),
      expect.closeTo(80 + (2.2622 * 5) / 3, 9),
    ]);
    // 99.9, standard error 0.1
    const [low, high] = accuracyInterval(99.9, [99, ...new Array<number>(9).fill(100)]);
    expect([low, high]).toEqual([expect.closeTo(99.9 - 0.22622, 9), 100]);
    expect(accuracyInterval(0.1, [1, ...new Array<number>(9).fill(0)])[0]).toBe(0);
  });
});

describe('differenceOf()', () => {
  // One error costs 5 points. First: A 90, B 90. Second: A 85 and 75 in turns, so 80; B 95 and 85 in turns, so 90.
  const first = evaluate('first', { A: alternating(2, 2), B: alternating(2, 2) });
  const second = evaluate('second', { A: alternating(3, 5), B: alternating(1, 3) });
  const difference = differenceOf(first, second);

  test('subtracts accuracies and pools the standard errors of the folds', () => {
    const [a] = difference.groups;
    expect(a).toMatchObject({ group: 'A', value: expect.closeTo(10, 9), standardError: expect.closeTo(5 / 3, 9) });
    expect([a!.low, a!.high]).toEqual([
      expect.closeTo(10 - 2.1009 * (5 / 3), 9),
      expect.closeTo(10 + 2.1009 * (5 / 3), 9),
    ]);
  });

  test('sees evidence only where the interval leaves out 0', () => {
    expect(difference.groups.map(({ group, evidence }) => [group, evidence])).toEqual([
      ['A', true],
      ['B', false],
    ]);
    expect(differenceOf(second, first).groups.map(({ evidence }) => evidence)).toEqual([true, false]);
  });

  test('pools the groups for the mean', () => {
    expect(difference.mean.value).toBeCloseTo(5, 9);
    // sqrt(25/9 + 25/9) / 2
    expect(difference.mean.standardError).toBeCloseTo(Math.sqrt(50 / 9) / 2, 9);
  });

  test('subtracts the spreads', () => {
    // Second: 80 and 90, so STD 5 (ddof 0), sqrt(50) (ddof 1), SER 20 / 10. First: equal groups, so 0, 0 and 1.
    expect(difference.stdDdof0).toBeCloseTo(-5, 9);
    expect(difference.stdDdof1).toBeCloseTo(-Math.sqrt(50), 9);
    expect(difference.ser).toBeCloseTo(-1, 9);
    expect(difference.spreadsDisagree).toBe(false);
  });

  test('tells when STD and SER move in opposite directions', () => {
    // 90 and 80: STD 5, SER 2. 97.5 and 92.5: STD 2.5, SER 3.
    const low = evaluate('low', { A: alternating(2, 2), B: alternating(4, 4) });
    const high = evaluate('high', { A: alternating(0, 1), B: alternating(1, 2) });
    const { stdDdof0, ser, spreadsDisagree } = differenceOf(high, low);
    expect([stdDdof0, ser]).toEqual([expect.closeTo(-2.5, 9), expect.closeTo(1, 9)]);
    expect(spreadsDisagree).toBe(true);
  });

  test('has no difference of ratios where one of them is undefined', () => {
    const faultless = evaluate('faultless', { A: alternating(0, 0), B: alternating(1, 1) });
    expect(differenceOf(faultless, first)).toMatchObject({ ser: null, spreadsDisagree: false });
  });
});
