import { describe, expect, test } from '@jest/globals';
import { barChart, dotPlot } from '../../../src/pictures/charts';
import { parseSvg, textsOf } from '../../helpers/svg';

const AXES = { title: 't', x: { label: 'group' }, y: { label: 'rate' }, categories: ['A', 'B'] };

describe('barChart()', () => {
  const barsOf = (svg: string) =>
    parseSvg(svg).filter(({ name, attributes }) => name === 'rect' && attributes['fill-opacity'] === '0.6');

  test('draws bars from 0 with lengths in proportion to the values', () => {
    const svg = barChart({
      ...AXES,
      series: [
        { name: 'a', values: [1, 4] },
        { name: 'b', values: [2, null] },
      ],
    });
    const heights = barsOf(svg).map(({ attributes }) => Number(attributes['height']));
    expect(heights).toHaveLength(3);
    expect(heights[1]! / heights[0]!).toBeCloseTo(4, 1);
    expect(heights[2]! / heights[0]!).toBeCloseTo(2, 1);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['A', 'B', 'a', 'b']));
  });

  test('draws error bars where there are errors', () => {
    const svg = barChart({ ...AXES, series: [{ name: 'a', values: [1, 4], errors: [0.5, null] }] });
    expect(parseSvg(svg).filter(({ name }) => name === 'path')).toHaveLength(1);
  });

  test('shows zeros as no data at all only when nothing is known', () => {
    expect(textsOf(barChart({ ...AXES, series: [{ name: 'a', values: [0, 0] }] }))).not.toContain('no data');
    expect(textsOf(barChart({ ...AXES, series: [{ name: 'a', values: [null, NaN] }] }))).toContain('no data');
  });
});

describe('dotPlot()', () => {
  const circlesOf = (svg: string) =>
    parseSvg(svg).filter(({ name, attributes }) => name === 'circle' && attributes['fill-opacity'] !== undefined);

  test('draws a dot, its interval and its parts, and leaves out what is null', () => {
    const dot = { value: 2, interval: [1, 3] as const, parts: [1.5, 2.5, NaN] };
    const svg = dotPlot({ ...AXES, series: [{ name: 'a', dots: [dot, null] }] });
    expect(circlesOf(svg).map(({ attributes }) => attributes['r'])).toEqual(['2', '2', '4.5']);
    expect(parseSvg(svg).filter(({ name }) => name === 'path')).toHaveLength(1);
  });

  test('includes the baseline in the axis', () => {
    const series = [{ name: 'a', dots: [{ value: 5 }, { value: 6 }] }];
    expect(textsOf(dotPlot({ ...AXES, series }))).not.toContain('0');
    expect(textsOf(dotPlot({ ...AXES, series, baseline: 0 }))).toContain('0');
  });

  test('says "no data" when there are no dots', () => {
    expect(textsOf(dotPlot({ ...AXES, categories: [], series: [] }))).toContain('no data');
  });
});
