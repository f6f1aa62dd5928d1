import { describe, expect, test } from '@jest/globals';
import { histogram, histogramOfCounts } from '../../../src/pictures/charts';
import { parseSvg, textsOf } from '../../helpers/svg';

/** Heights of the columns of the first series as shares of the highest. */
function columnsOf(svg: string, series = 0): number[] {
  const outlines = parseSvg(svg).flatMap(({ name, attributes }) => (name === 'path' ? [attributes['d']!] : []));
  const [, floor] = /^M[\d.-]+ ([\d.]+)/.exec(outlines[series]!)!;
  const heights = [...outlines[series]!.matchAll(/V([\d.]+)H/g)].map(([, y]) => Number(floor) - Number(y));
  return heights.map(height => height / Math.max(...heights));
}

describe('histogram()', () => {
  test('counts values into columns of equal width, the last with its upper edge', () => {
    // Width 1: [0,1) holds 0 and 0.5; [1,2) holds 1; [2,3) holds nothing; [3,4] holds 3 and 4.
    const svg = histogram({
      title: 't',
      x: { label: 'x' },
      bins: 4,
      series: [{ name: 'a', values: [0, 0.5, 1, 3, 4] }],
    });
    expect(columnsOf(svg)).toEqual([1, expect.closeTo(0.5, 2), 0, 1]);
  });

  test('normalises each series by itself', () => {
    const few = { name: 'few', values: [0, 1] };
    const many = { name: 'many', values: [...new Array<number>(500).fill(0), ...new Array<number>(500).fill(1)] };
    const svg = histogram({ title: 't', x: { label: 'x' }, bins: 2, series: [few, many] });
    const [a, b] = parseSvg(svg).flatMap(({ name, attributes }) => (name === 'path' ? [attributes['d']] : []));
    expect(a).toBe(b);
  });

  test('leaves out values that are not finite', () => {
    const values = Float32Array.of(NaN, 0, 1, Infinity, 1);
    const svg = histogram({ title: 't', x: { label: 'x' }, bins: 2, series: [{ name: 'a', values }] });
    expect(columnsOf(svg)).toEqual([expect.closeTo(0.5, 2), 1]);
  });

  test.each([[[]], [[{ name: 'a', values: [] }]], [[{ name: 'a', values: [NaN] }]]])(
    'says "no data" for %j',
    series => {
      const svg = histogram({ title: 't', x: { label: 'x' }, series });
      expect(() => parseSvg(svg)).not.toThrow();
      expect(textsOf(svg)).toContain('no data');
    },
  );

  test('shows values that are all equal', () => {
    const svg = histogram({ title: 't', x: { label: 'x' }, bins: 5, series: [{ name: 'a', values: [7, 7] }] });
    expect(columnsOf(svg).filter(share => share > 0)).toEqual([1]);
  });
});

describe('histogramOfCounts()', () => {
  test('puts counts between the edges of its range, as shares of the total given', () => {
    const chart = { title: 't', x: { label: 'x', range: [-1, 1] as const }, highest: 1 };
    const all = histogramOfCounts({ ...chart, series: [{ name: 'a', counts: [1, 3] }] });
    const half = histogramOfCounts({ ...chart, series: [{ name: 'a', counts: [2, 6], total: 8 }] });
    expect(columnsOf(all)).toEqual([expect.closeTo(1 / 3, 2), 1]);
    expect(half).toBe(all);
    expect(textsOf(all)).toEqual(expect.arrayContaining(['-1.0', '0', '1.0', 'share (%)']));
  });
});
