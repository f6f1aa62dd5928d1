import { describe, expect, test } from '@jest/globals';
import { layOut, leftOf, rightOf, widthOf } from '../../../src/pictures/graphs/layout';
import { crossings } from '../../../src/pictures/graphs/layout/order-rows';
import { placeApart } from '../../../src/pictures/graphs/layout/place-apart';
import { withoutImplied } from '../../../src/pictures/graphs/reduce';

const OPTIONS = { room: 60, gap: 3, lane: 1 };

describe('placeApart()', () => {
  test('leaves what is far apart where it wants to be', () => {
    expect(placeApart([2, 10, 30], [0, 3, 3], { low: 0, high: 40 })).toEqual([2, 10, 30]);
  });

  test('shares the way when two want the same place', () => {
    // 5 and 5, at least 4 apart: 3 and 7 are nearest.
    expect(placeApart([5, 5], [0, 4], { low: 0, high: 40 })).toEqual([3, 7]);
  });

  test('keeps within the bounds, and beyond the upper one when there is no room', () => {
    expect(placeApart([-9, 99], [0, 4], { low: 1, high: 20 })).toEqual([1, 20]);
    expect(placeApart([0, 0, 0], [0, 4, 4], { low: 0, high: 5 })).toEqual([0, 4, 8]);
    expect(placeApart([], [], { low: 0, high: 5 })).toEqual([]);
  });
});

describe('withoutImplied()', () => {
  test('leaves out what follows from the rest, and repetitions', () => {
    const nodes = [
      { id: 'a', needs: [] },
      { id: 'b', needs: ['a'] },
      { id: 'c', needs: ['b', 'a', 'b'] },
      { id: 'd', needs: ['a', 'c', 'elsewhere'] },
    ];
    expect([...withoutImplied(nodes)]).toEqual([
      ['a', []],
      ['b', ['a']],
      ['c', ['b']],
      ['d', ['c']],
    ]);
  });
});

describe('layOut()', () => {
  const node = (id: string, needs: readonly string[] = [], width = 10) => ({ id, needs, width });

  test('uncrosses what need not cross', () => {
    const rows = layOut([node('a'), node('b'), node('c', ['b']), node('d', ['a'])], OPTIONS);
    expect(crossings(rows)).toBe(0);
  });

  test('counts crossings: two pairs that are exchanged cross once', () => {
    const rows = layOut([node('a'), node('b'), node('c', ['a', 'b']), node('d', ['a', 'b'])], OPTIONS);
    expect(crossings(rows)).toBe(1);
  });

  test('breaks a row that would be too wide, and keeps items apart', () => {
    const rows = layOut(
      Array.from({ length: 9 }, (_, i) => node(`n${i}`)),
      OPTIONS,
    );
    expect(rows.length).toBeGreaterThan(1);
    expect(widthOf(rows)).toBeLessThanOrEqual(60);
    for (const row of rows) {
      for (const [i, item] of row.slice(1).entries()) expect(leftOf(item) - rightOf(row[i]!)).toBeGreaterThanOrEqual(3);
    }
  });

  test('leads a long line through the rows between, once for all its ends', () => {
    const rows = layOut(
      [node('a'), node('b', ['a']), node('c', ['b']), node('d', ['a', 'c']), node('e', ['a', 'c'])],
      OPTIONS,
    );
    expect(rows.map(row => row.filter(({ passes }) => passes).map(({ id }) => id))).toEqual([[], ['a'], ['a'], []]);
  });

  test('is empty for nothing', () => {
    expect(layOut([], OPTIONS)).toEqual([]);
    expect(widthOf([])).toBe(0);
  });
});
