import { describe, expect, test } from '@jest/globals';
import { lineChart } from '../../../src/pictures/charts';
import { parseSvg, textsOf } from '../../helpers/svg';

const AXES = { title: 'Loss', x: { label: 'step' }, y: { label: 'loss' } };
const pathsOf = (svg: string): string[] =>
  parseSvg(svg).flatMap(({ name, attributes }) => (name === 'path' ? [attributes['d']!] : []));
const circlesOf = (svg: string) => parseSvg(svg).filter(({ name }) => name === 'circle');

describe('lineChart()', () => {
  test('is a standalone drawing with title, axis labels and the names of its series', () => {
    const svg = lineChart({
      ...AXES,
      series: [
        {
          name: 'total',
          points: [
            [0, 1],
            [1, 2],
          ],
        },
      ],
    });
    const [root] = parseSvg(svg);
    expect(root).toMatchObject({
      name: 'svg',
      attributes: { xmlns: 'http://www.w3.org/2000/svg', viewBox: '0 0 640 400' },
    });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['Loss', 'step', 'loss', 'total']));
  });

  test('paints its own background, so that it reads on a dark page', () => {
    const paper = parseSvg(lineChart({ ...AXES, series: [] })).find(({ name }) => name === 'rect');
    expect(paper!.attributes).toMatchObject({ width: '640', height: '400', fill: '#ffffff' });
  });

  test('draws points left to right and larger values higher', () => {
    const svg = lineChart({
      ...AXES,
      series: [
        {
          name: 'a',
          points: [
            [0, 0],
            [1, 5],
            [2, 10],
          ],
        },
      ],
    });
    const points = [...pathsOf(svg)[0]!.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(points).toHaveLength(3);
    expect(points[1]![0]! - points[0]![0]!).toBeCloseTo(points[2]![0]! - points[1]![0]!, 1);
    expect(points[0]![1]! - points[1]![1]!).toBeCloseTo(points[1]![1]! - points[2]![1]!, 1);
    expect(points[2]![1]).toBeLessThan(points[0]![1]!);
  });

  test('leaves out points that are not finite and interrupts the line there', () => {
    const points = [
      [0, 1],
      [1, 2],
      [2, NaN],
      [3, Infinity],
      [NaN, 3],
      [5, 3],
      [6, 4],
    ] as const;
    const [path] = pathsOf(lineChart({ ...AXES, series: [{ name: 'a', points }] }));
    expect(path!.match(/M/g)).toHaveLength(2);
    expect(path!.match(/L/g)).toHaveLength(2);
  });

  test('shows a point without neighbours as a dot', () => {
    expect(circlesOf(lineChart({ ...AXES, series: [{ name: 'a', points: [[1, 5e-7]] }] }))).toHaveLength(1);
  });

  test.each([
    ['no series', []],
    ['a series without points', [{ name: 'a', points: [] }]],
    [
      'nothing finite',
      [
        {
          name: 'a',
          points: [
            [NaN, 1],
            [1, -Infinity],
          ] as const,
        },
      ],
    ],
  ])('says "no data" when there is %s', (_, series) => {
    expect(textsOf(lineChart({ ...AXES, series }))).toContain('no data');
  });

  test('on a log axis leaves out values that are not above 0, and labels powers of ten', () => {
    const points = [
      [1e-4, 0.5],
      [0, 0.6],
      [-1, 0.7],
      [1e-2, 0.8],
      [1, 1],
    ] as const;
    const svg = lineChart({ ...AXES, x: { label: 'FMR', log: true }, series: [{ name: 'a', points }] });
    expect(circlesOf(svg)).toHaveLength(3);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['0.0001', '0.001', '0.01', '0.1', '1']));
    const [first, middle, last] = circlesOf(svg).map(({ attributes }) => Number(attributes['cx']));
    expect(middle! - first!).toBeCloseTo(last! - middle!, 1);
  });

  test('draws a step series with level and upright strokes only', () => {
    const [path] = pathsOf(
      lineChart({
        ...AXES,
        series: [
          {
            name: 'a',
            step: true,
            points: [
              [0, 0],
              [1, 1],
              [2, 4],
            ],
          },
        ],
      }),
    );
    expect(path).toMatch(/^M[\d. ]+(H[\d.]+V[\d.]+){2}$/);
  });

  test('keeps the size of the drawing bounded, and the extremes, for many points', () => {
    const points = Array.from({ length: 100_000 }, (_, i) => [i, i === 54_321 ? 99 : Math.sin(i)] as const);
    const svg = lineChart({ ...AXES, series: [{ name: 'a', points }] });
    expect(svg.length).toBeLessThan(60_000);
    const heights = [...pathsOf(svg)[0]!.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    expect(heights.filter(y => y < 40)).toHaveLength(1);
  });

  test('escapes names of the user', () => {
    const svg = lineChart({
      ...AXES,
      title: '<script>"&\u0000\u202e',
      series: [{ name: "</text>'", points: [[0, 1]] }],
    });
    expect(() => parseSvg(svg)).not.toThrow();
    expect(svg).not.toContain('<script>');
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['<script>"&\uFFFD\uFFFD', "</text>'"]));
  });

  test('gives every one of 20 series its own colour and dash', () => {
    const series = Array.from({ length: 20 }, (_, i) => ({
      name: `s${i}`,
      points: [
        [0, i],
        [1, i],
      ] as const,
    }));
    const svg = lineChart({ ...AXES, series });
    const looks = [
      ...svg.matchAll(/<g class="chart-s\d" color="(#\w+)"><path[^>]*?(?:stroke-dasharray="([^"]*)")?\/>/g),
    ];
    expect(looks).toHaveLength(20);
    expect(new Set(looks.map(([, colour, dash]) => `${colour} ${dash}`)).size).toBe(20);
  });

  test('marks an x value, unless it is outside', () => {
    const points = [
      [0, 0],
      [1, 1],
    ] as const;
    const marks = [
      { x: 0.5, label: 'here' },
      { x: 7, label: 'outside' },
      { x: NaN, label: 'nowhere' },
    ];
    const texts = textsOf(lineChart({ ...AXES, series: [{ name: 'a', points }], marks }));
    expect(texts).toContain('here');
    expect(texts).not.toContain('outside');
    expect(texts).not.toContain('nowhere');
  });

  test('writes no number with more than 2 decimals as a coordinate', () => {
    const svg = lineChart({
      ...AXES,
      series: [
        {
          name: 'a',
          points: [
            [0, 1 / 3],
            [Math.PI, Math.E],
            [9, 1e-9],
          ],
        },
      ],
    });
    expect([...pathsOf(svg), svg.match(/<line[^>]*>/g)!.join('')].join('')).not.toMatch(/\.\d{3}/);
  });
});
