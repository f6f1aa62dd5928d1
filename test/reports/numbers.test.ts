import { describe, expect, test } from '@jest/globals';
import { bestOf, fixed, percent, signed } from '../../src/reports/numbers';

describe('fixed(), signed() and percent()', () => {
  test('round to 2 decimals and never write a minus before zero', () => {
    expect([fixed(91.239), fixed(-0.001), fixed(null)]).toEqual(['91.24', '0.00', '–']);
    expect([signed(1.25), signed(-0.3), signed(-0.001), signed(0), signed(null)]).toEqual([
      '+1.25',
      '−0.30',
      '0.00',
      '0.00',
      '–',
    ]);
    expect([percent(0.12345), percent(0), percent(null)]).toEqual(['12.35 %', '0.00 %', '–']);
  });
});

describe('bestOf()', () => {
  test('marks all that print as the best, and skips what is not known', () => {
    expect(bestOf([90.001, 90.004, 89, null], 'higher')).toEqual(new Set([0, 1]));
    expect(bestOf([null, 2, 1.5], 'lower')).toEqual(new Set([2]));
  });

  test('marks nothing when there is nothing to choose from', () => {
    expect(bestOf([90, null], 'higher').size).toBe(0);
    expect(bestOf([], 'lower').size).toBe(0);
  });
});
