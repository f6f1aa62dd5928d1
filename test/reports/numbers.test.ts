import { describe, expect, test } from '@jest/globals';
import { fixed, fixedPercent, range, signed, signedRange } from '../../src/reports/numbers';

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
    expect([fixedPercent(0.12345), fixedPercent(0), fixedPercent(null)]).toEqual(['12.35 %', '0.00 %', '–']);
  });
});

describe('range() and signedRange()', () => {
  test('write both ends, or a dash', () => {
    expect([range([90.123, 94]), range(null)]).toEqual(['90.12 – 94.00', '–']);
    expect([signedRange([-0.5, 1.25]), signedRange(null)]).toEqual(['−0.50 to +1.25', '–']);
  });
});
