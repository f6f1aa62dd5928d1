import { describe, expect, test } from '@jest/globals';
import { arcfaceTemplate, isFaceSize } from '../../../src/faces/alignment/template';

describe('arcfaceTemplate', () => {
  test('is the published one at 112', () => {
    expect([...arcfaceTemplate(112)]).toEqual([
      38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041,
    ]);
  });

  test('is scaled for multiples of 112', () => {
    expect(arcfaceTemplate(224)[0]).toBeCloseTo(38.2946 * 2, 12);
    expect(arcfaceTemplate(224)[9]).toBeCloseTo(92.2041 * 2, 12);
  });

  test('is scaled by size / 128 and moved by 8 px of 128 for multiples of 128', () => {
    expect(arcfaceTemplate(128)[0]).toBeCloseTo(38.2946 + 8, 12);
    expect(arcfaceTemplate(256)[0]).toBeCloseTo(2 * (38.2946 + 8), 12);
    expect(arcfaceTemplate(256)[1]).toBeCloseTo(2 * 51.6963, 12);
  });

  test('refuses other sizes', () => {
    expect(() => arcfaceTemplate(100)).toThrow("A face's size must be a multiple of 112 or 128, got 100");
    expect([0, -112, 112.5, NaN].map(isFaceSize)).toEqual([false, false, false, false]);
  });
});
