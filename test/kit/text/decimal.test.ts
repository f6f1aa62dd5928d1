import { describe, expect, test } from '@jest/globals';
import { decimal } from '../../../src/kit/text/decimal';

describe('decimal()', () => {
  test.each([
    ['5', 5],
    ['-1.5e3', -1500],
    ['+.5', 0.5],
    ['5.', 5],
    ['0x5a', NaN],
    ['0b101', NaN],
    ['0o7', NaN],
    ['1_000', NaN],
    ['', NaN],
    [' 5', NaN],
    ['Infinity', NaN],
    ['1e999', NaN],
    ['٣', NaN],
  ])('reads %j as %d', (text, number) => {
    expect(decimal(text)).toBe(number);
  });
});
