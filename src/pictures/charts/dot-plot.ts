import { drawFrame, type Area } from './axes';
import { whisker } from './bar-chart';
import { categoryAxis, slotOf } from './categories';
import { inStyle } from './palette';
import { isDrawable, scaleFor } from './scale';
import { element } from './svg';

export interface DotPlot {
  readonly title: string;
  readonly x: { readonly label: string };
  /** Need not start at 0: a dot is a place, not a length. */
  readonly y: { readonly label: string; readonly range?: readonly [number, number] };
  readonly categories: readonly string[];
  readonly series: readonly DotSeries[];
  /** A value that is drawn as a level line, such as "no difference". */
  readonly baseline?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface DotSeries {
  readonly name: string;
  /** One per category; null leaves the place empty. */
  readonly dots: readonly (Dot | null)[];
  readonly style?: number;
}

export interface Dot {
  readonly value: number;
  /** Ends of an interval around the value. */
  readonly interval?: readonly [low: number, high: number];
  /** What the value sums up, such as folds: small and pale beside it. */
  readonly parts?: readonly number[];
}

/** Values with intervals by category, series side by side, as standalone SVG text. */
export function dotPlot({ title, x, y, categories, series, baseline, width, height }: DotPlot): string {
  const shown = series.flatMap(({ dots }) => dots.flatMap(dot => (dot === null ? [] : partsOf(dot))));
  const everything = baseline === undefined ? shown : [...shown, baseline];
  return drawFrame(
    {
      title,
      width,
      height,
      x: categoryAxis(x.label, categories),
      y: { label: y.label, scale: scaleFor(everything, { range: y.range, padding: 0.06 }) },
      legend: series.map(({ name, style }, i) => ({ name, style: style ?? i, mark: 'dot' as const })),
      empty: !shown.some(value => isDrawable(value)),
    },
    area =>
      (baseline === undefined ? '' : levelLine(baseline, area)) +
      series.map((one, i) => drawDots(one, i, series.length, area)).join('\n'),
  );
}

function partsOf({ value, interval, parts }: Dot): number[] {
  return [value, ...(interval ?? []), ...(parts ?? [])];
}

function levelLine(value: number, area: Area): string {
  const y = area.y(value);
  return element('line', { x1: 0, y1: y, x2: area.width, y2: y, stroke: 'currentColor', 'stroke-opacity': 0.7 });
}

function drawDots({ dots, style }: DotSeries, index: number, count: number, area: Area): string {
  const drawn = dots.map((dot, category) => {
    if (dot === null || !isDrawable(dot.value)) return '';
    const { centre, width } = slotOf(category, index, count);
    // Next to the whisker, so that neither hides the other.
    const beside = Math.min(12, area.x(width * 0.25) - area.x(0));
    const parts = (dot.parts ?? []).filter(part => isDrawable(part));
    return [
      ...parts.map(part => circle(area.x(centre) + beside, area.y(part), 2, 0.45)),
      dot.interval?.every(end => isDrawable(end)) ? whisker(area, centre, ...dot.interval) : '',
      circle(area.x(centre), area.y(dot.value), 4.5, 1),
    ].join('');
  });
  return inStyle(style ?? index, drawn.join(''));
}

function circle(cx: number, cy: number, r: number, opacity: number): string {
  return element('circle', { cx, cy, r, fill: 'currentColor', 'fill-opacity': opacity });
}
