import { describe, expect, test } from '@jest/globals';
import { scaleFor } from '../../../src/pictures/charts/scale';
import { ticksOf } from '../../../src/pictures/charts/ticks';

const labels = (min: number, max: number, log = false): string[] =>
  ticksOf(scaleFor([], { range: [min, max], log }), 6).flatMap(({ label }) => (label === '' ? [] : [label]));

describe('ticksOf()', () => {
  test.each([
    [0, 1, ['0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [-1, 1, ['-1.0', '-0.5', '0', '0.5', '1.0']],
    [88.3, 99.1, ['90', '92', '94', '96', '98']],
    [0, 1e7, ['0', '2e6', '4e6', '6e6', '8e6', '1e7']],
    [0, 4e-6, ['0', '1e-6', '2e-6', '3e-6', '4e-6']],
    [1e6, 1e6 + 4, ['1e6', '1.000001e6', '1.000002e6', '1.000003e6', '1.000004e6']],
  ])('places round values from %d to %d', (min, max, expected) => {
    expect(labels(min, max)).toEqual(expected);
  });

  test.each([
    [1e-5, 1, ['1e-5', '0.0001', '0.001', '0.01', '0.1', '1']],
    [0.5, 20, ['1', '10']],
    [1, 10, ['1', '2', '5', '10']],
    [2, 3, ['2.0', '2.2', '2.4', '2.6', '2.8', '3.0']],
    [1e-12, 1, ['1e-12', '1e-10', '1e-8', '1e-6', '0.0001', '0.01', '1']],
  ])('places powers of ten, or what tells more, on a log axis from %d to %d', (min, max, expected) => {
    expect(labels(min, max, true)).toEqual(expected);
  });
});

describe('scaleFor()', () => {
  test.each([
    [[], 0, 1],
    [[NaN, Infinity], 0, 1],
    [[5, 5], 4.5, 5.5],
    [[0], -0.5, 0.5],
    [[-2, NaN, 3], -2, 3],
    [[1, 1e300], 0.9, 1.1],
  ])('spans the drawable ones of %p', (values, min, max) => {
    const scale = scaleFor(values);
    expect([scale.min, scale.max]).toEqual([expect.closeTo(min, 9), expect.closeTo(max, 9)]);
  });

  test('takes no range that is empty, turned round or impossible on a log axis', () => {
    expect(scaleFor([1, 2], { range: [3, 3] })).toMatchObject({ min: 1, max: 2 });
    expect(scaleFor([1, 2], { range: [4, 3] })).toMatchObject({ min: 1, max: 2 });
    expect(scaleFor([1, 2], { range: [0, 3], log: true })).toMatchObject({ min: 1, max: 2 });
  });

  test('does not pad values that are never negative below 0', () => {
    expect(scaleFor([0, 10], { padding: 0.1 })).toMatchObject({ min: 0, max: 11 });
  });

  test('places powers of ten evenly on a log axis', () => {
    const scale = scaleFor([0.01, 1], { log: true });
    expect([0.01, 0.1, 1].map(value => scale.at(value))).toEqual([0, expect.closeTo(0.5, 12), 1]);
  });
});
