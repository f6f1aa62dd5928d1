import { describe, expect, test } from '@jest/globals';
import { closedCurve, disc, openCurve, polygon } from '../../src/drawing/curve';

describe('openCurve()', () => {
  test('passes through its points, and bends as Catmull-Rom does', () => {
    // Control points: b + (c - a) / 6 with the ends doubled: (0 + (6 - 0) / 6, 0), (6 - (6 - 0) / 6, 0 - (6 - 0) / 6) …
    expect(
      openCurve([
        [0, 0],
        [6, 0],
        [6, 6],
      ]),
    ).toBe('M0 0C1 0 5 -1 6 0C7 1 6 5 6 6');
  });

  test('is a straight line between two points', () => {
    expect(
      openCurve([
        [0, 0],
        [6, 12],
      ]),
    ).toBe('M0 0C1 2 5 10 6 12');
  });
});

describe('closedCurve()', () => {
  test('has a segment for every point and returns to the first', () => {
    const path = closedCurve([
      [0, 0],
      [6, 0],
      [3, 6],
    ]);
    expect(path.match(/C/g)).toHaveLength(3);
    expect(path).toMatch(/ 0 0Z$/);
  });
});

describe('polygon() and disc()', () => {
  test('write closed paths', () => {
    expect(
      polygon([
        [0, 0],
        [1.26, 2],
        [3, 4],
      ]),
    ).toBe('M0 0L1.3 2L3 4Z');
    expect(disc([5, 5], 2)).toBe('M3 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0Z');
  });
});
