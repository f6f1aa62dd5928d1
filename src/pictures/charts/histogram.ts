import { drawFrame, type Area } from './axes';
import { drawMarks, type ChartMark } from './line-chart';
import { inStyle, seriesStyle } from './palette';
import { isDrawable, scaleFor, type Scale } from './scale';
import { coordinate, element } from './svg';

export interface Histogram {
  readonly title: string;
  readonly x: { readonly label: string; readonly range?: readonly [number, number] };
  /** How many columns; 40 by default. */
  readonly bins?: number;
  /** Values that are not finite are left out. Values outside `x.range` count towards 100 % but are not shown. */
  readonly series: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
  readonly width?: number;
  readonly height?: number;
  readonly marks?: readonly ChartMark[];
}

export interface CountedHistogram {
  readonly title: string;
  /** First and last value: edges of the first and the last bin. */
  readonly x: { readonly label: string; readonly range: readonly [number, number] };
  readonly series: readonly CountedSeries[];
  readonly width?: number;
  readonly height?: number;
  readonly marks?: readonly ChartMark[];
  /** Largest share on the y axis, 0 to 1, so that charts side by side compare; the tallest column by default. */
  readonly highest?: number;
}

export interface CountedSeries {
  readonly name: string;
  /** One count per bin, bins of equal width. */
  readonly counts: ArrayLike<number>;
  /** The count of 100 %; the sum of the counts by default. */
  readonly total?: number;
  readonly style?: number;
}

/** A histogram as standalone SVG text. Columns are shares of their own series, so that series of unequal size compare. */
export function histogram({ title, x, bins = 40, series, width, height, marks }: Histogram): string {
  const scale = scaleFor(valuesOf(series), { range: x.range });
  return histogramOfCounts({
    title,
    x: { label: x.label, range: [scale.min, scale.max] },
    series: series.map(({ name, values }) => ({ name, ...countInto(values, bins, scale) })),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(marks && { marks }),
  });
}

/** The same for values that were counted before, where they are too many to keep. */
export function histogramOfCounts(chart: CountedHistogram): string {
  const { title, x, series, width, height } = chart;
  const shares = series.map(sharesOf);
  const highest = Math.max(chart.highest ?? 0, ...(chart.highest === undefined ? shares.flat() : []));
  return drawFrame(
    {
      title,
      width,
      height,
      x: { label: x.label, scale: scaleFor([], { range: x.range }) },
      y: {
        label: 'share (%)',
        scale: scaleFor([], { range: [0, highest > 0 ? highest * (chart.marks ? 118 : 105) : 1] }),
      },
      legend: series.map(({ name, style }, i) => ({ name, style: style ?? i, mark: 'area' as const })),
      empty: !shares.some(columns => columns.some(share => share > 0)),
    },
    area =>
      series.map(({ style }, i) => drawColumns(shares[i]!, style ?? i, x.range, area)).join('\n') +
      drawMarks(chart.marks ?? [], area, 'top'),
  );
}

function* valuesOf(series: Histogram['series']): Generator<number> {
  for (const { values } of series) for (let i = 0; i < values.length; i++) yield values[i]!;
}

function countInto(
  values: ArrayLike<number>,
  bins: number,
  { min, max }: Scale,
): { counts: Uint32Array; total: number } {
  const counts = new Uint32Array(bins);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!isDrawable(value)) continue;
    total++;
    if (value < min || value > max) continue;
    // The last bin holds its upper edge too.
    const bin = Math.min(bins - 1, Math.floor(((value - min) / (max - min)) * bins));
    counts[bin] = counts[bin]! + 1;
  }
  return { counts, total };
}

function sharesOf({ counts, total }: CountedSeries): number[] {
  const columns = Array.from(counts);
  const whole = total ?? columns.reduce((sum, count) => sum + count, 0);
  return columns.map(count => (whole > 0 ? count / whole : 0));
}

function drawColumns(shares: readonly number[], index: number, range: readonly [number, number], area: Area): string {
  const { dash } = seriesStyle(index);
  const edge = (i: number): string => coordinate(area.x(range[0] + ((range[1] - range[0]) * i) / shares.length));
  const floor = coordinate(area.height);
  const outline = shares.map((share, i) => `V${coordinate(area.y(share * 100))}H${edge(i + 1)}`).join('');
  return inStyle(
    index,
    element('path', {
      d: `M${edge(0)} ${floor}${outline}V${floor}`,
      fill: 'currentColor',
      'fill-opacity': 0.25,
      stroke: 'currentColor',
      'stroke-width': 1.5,
      'stroke-dasharray': dash,
    }),
  );
}
