import { drawFrame, type Area } from './axes';
import { inStyle, seriesStyle } from './palette';
import { isDrawable, scaleFor } from './scale';
import { coordinate, element } from './svg';
import { escapeText } from '../../kit/text/escape-text';

export interface LineChart {
  readonly title: string;
  readonly x: LineAxis;
  readonly y: LineAxis;
  readonly series: readonly LineSeries[];
  readonly width?: number;
  readonly height?: number;
  /** Upright lines with a word beside them, such as a threshold. */
  readonly marks?: readonly ChartMark[];
}

export interface LineAxis {
  readonly label: string;
  readonly log?: boolean;
  /** First and last value shown; taken from the data by default. */
  readonly range?: readonly [number, number];
}

export interface LineSeries {
  readonly name: string;
  /** In drawing order. A point that is not finite (or not above 0 on a log axis) is left out and interrupts the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Holds each value until the next x, as counted curves do. */
  readonly step?: boolean;
  /** Index of colour and dash; the place in the list by default. */
  readonly style?: number;
}

export interface ChartMark {
  readonly x: number;
  readonly label: string;
}

/** A line chart as standalone SVG text, the same bytes for the same data. */
export function lineChart(chart: LineChart): string {
  const { x, y, series } = chart;
  const xs = scaleFor(coordinates(series, 0), { log: x.log, range: x.range });
  const ys = scaleFor(coordinates(series, 1), { log: y.log, range: y.range, padding: 0.05 });
  const drawable = ([px, py]: readonly [number, number]): boolean => isDrawable(px, xs.log) && isDrawable(py, ys.log);
  return drawFrame(
    {
      title: chart.title,
      width: chart.width,
      height: chart.height,
      x: { label: x.label, scale: xs },
      y: { label: y.label, scale: ys },
      legend: series.map(({ name, style }, i) => ({ name, style: style ?? i, mark: 'line' as const })),
      empty: !series.some(({ points }) => points.some(drawable)),
    },
    area =>
      drawMarks(chart.marks ?? [], area, 'bottom') +
      series.map((one, i) => drawSeries(one, one.style ?? i, area, drawable)).join('\n'),
  );
}

/** Upright dotted lines, labelled at the end where the chart leaves room. */
export function drawMarks(marks: readonly ChartMark[], area: Area, end: 'top' | 'bottom'): string {
  return marks
    .filter(mark => isDrawable(mark.x))
    .map((mark, i) => ({
      x: area.x(mark.x),
      label: mark.label,
      y: end === 'top' ? 12 + i * 14 : area.height - 6 - i * 14,
    }))
    .filter(({ x }) => Number.isFinite(x) && x >= 0 && x <= area.width)
    .map(({ x, label, y }) => {
      // On the side with more room, so that the word is not clipped.
      const right = x < area.width / 2;
      const anchor = {
        x: right ? x + 4 : x - 4,
        y,
        'text-anchor': right ? 'start' : 'end',
        'font-size': 11,
        opacity: 0.8,
      };
      return (
        element('line', {
          x1: x,
          y1: 0,
          x2: x,
          y2: area.height,
          stroke: 'currentColor',
          'stroke-opacity': 0.6,
          'stroke-dasharray': '2 3',
        }) + element('text', anchor, escapeText(label))
      );
    })
    .join('');
}

function* coordinates(series: readonly LineSeries[], axis: 0 | 1): Generator<number> {
  for (const { points } of series) for (const point of points) yield point[axis];
}

function drawSeries(
  series: LineSeries,
  index: number,
  area: Area,
  drawable: (point: readonly [number, number]) => boolean,
): string {
  const { dash } = seriesStyle(index);
  const runs = unbroken(series.points, drawable).map(run =>
    thin(
      run.map(([px, py]) => [area.x(px), area.y(py)]),
      area.width,
    ),
  );
  const d = runs
    .filter(run => run.length > 1)
    .map(run => path(run, series.step ?? false))
    .join('');
  const dots = runs.flat().length <= MOST_DOTS ? runs.flat() : runs.filter(run => run.length === 1).flat();
  return inStyle(
    index,
    [
      d &&
        element('path', {
          d,
          fill: 'none',
          stroke: 'currentColor',
          'stroke-width': 2,
          'stroke-linejoin': 'round',
          'stroke-dasharray': dash,
        }),
      ...(series.step && d ? [] : dots.map(([cx, cy]) => element('circle', { cx, cy, r: 2.8, fill: 'currentColor' }))),
    ].join(''),
  );
}

/** Up to here every point gets a dot; beyond, only points without neighbours, which no line would show. */
const MOST_DOTS = 24;

type Pixel = readonly [x: number, y: number];

function unbroken(points: readonly Pixel[], drawable: (point: Pixel) => boolean): Pixel[][] {
  const runs: Pixel[][] = [[]];
  for (const point of points) {
    if (drawable(point)) runs.at(-1)!.push(point);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  return runs.filter(run => run.length > 0);
}

/** Of the points in one pixel column only first, lowest, highest and last are kept: looks the same, size bounded by the width. */
function thin(points: readonly Pixel[], width: number): readonly Pixel[] {
  if (points.length <= 4 * width) return points;
  const kept: Pixel[] = [];
  for (let from = 0; from < points.length;) {
    const column = Math.floor(points[from]![0]);
    let lowest = from;
    let highest = from;
    let to = from;
    for (; to < points.length && Math.floor(points[to]![0]) === column; to++) {
      if (points[to]![1] > points[lowest]![1]) lowest = to;
      if (points[to]![1] < points[highest]![1]) highest = to;
    }
    for (const at of [...new Set([from, lowest, highest, to - 1])].sort((a, b) => a - b)) kept.push(points[at]!);
    from = to;
  }
  return kept;
}

function path(points: readonly Pixel[], step: boolean): string {
  return points
    .map(([x, y], i) => {
      const [px, py] = [coordinate(x), coordinate(y)];
      if (i === 0) return `M${px} ${py}`;
      return step ? `H${px}V${py}` : `L${px} ${py}`;
    })
    .join('');
}
