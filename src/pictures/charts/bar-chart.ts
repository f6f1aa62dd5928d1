import { drawFrame, type Area } from './axes';
import { categoryAxis, slotOf } from './categories';
import { inStyle, seriesStyle } from './palette';
import { isDrawable, scaleFor } from './scale';
import { element } from './svg';

export interface BarChart {
  readonly title: string;
  /** Name of the categories, such as "group". */
  readonly x: { readonly label: string };
  /** Starts at 0: the length of a bar is its value. */
  readonly y: { readonly label: string; readonly highest?: number };
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  readonly width?: number;
  readonly height?: number;
}

export interface BarSeries {
  readonly name: string;
  /** One per category, at least 0; null (or not finite) leaves the place empty. */
  readonly values: readonly (number | null)[];
  /** Half lengths of the error bars, one per category. */
  readonly errors?: readonly (number | null)[];
  readonly style?: number;
}

/** Bars in groups, one group a category, as standalone SVG text. */
export function barChart({ title, x, y, categories, series, width, height }: BarChart): string {
  const tops = series.flatMap(({ values, errors }) => values.map((value, i) => (value ?? NaN) + (errors?.[i] ?? 0)));
  const highest = y.highest ?? Math.max(0, ...tops.filter(top => isDrawable(top)));
  return drawFrame(
    {
      title,
      width,
      height,
      x: categoryAxis(x.label, categories),
      y: { label: y.label, scale: scaleFor([], { range: [0, highest > 0 ? highest * 1.05 : 1] }) },
      legend: series.map(({ name, style }, i) => ({ name, style: style ?? i, mark: 'area' as const })),
      empty: !tops.some(top => isDrawable(top)),
    },
    area => series.map((one, i) => drawBars(one, i, series.length, area)).join('\n'),
  );
}

function drawBars({ values, errors, style }: BarSeries, index: number, count: number, area: Area): string {
  const bars = values.map((value, category) => {
    if (value === null || !isDrawable(value)) return '';
    const { centre, width } = slotOf(category, index, count);
    const left = area.x(centre - width * 0.45);
    const bar = element('rect', {
      x: left,
      y: area.y(value),
      width: area.x(centre + width * 0.45) - left,
      height: Math.max(0, area.height - area.y(value)),
      fill: 'currentColor',
      'fill-opacity': 0.6,
      stroke: 'currentColor',
      'stroke-dasharray': seriesStyle(style ?? index).dash,
    });
    const error = errors?.[category] ?? null;
    return error === null || !isDrawable(error) ? bar : bar + whisker(area, centre, value - error, value + error);
  });
  return inStyle(style ?? index, bars.join(''));
}

/** An upright line with caps from `low` to `high`, both in the unit of the axis. */
export function whisker(area: Area, centre: number, low: number, high: number): string {
  const x = area.x(centre);
  const cap = (at: number): string => `M${Math.round(x) - 4} ${Math.round(area.y(at))}h8`;
  const line = `M${Math.round(x)} ${Math.round(area.y(low))}V${Math.round(area.y(high))}`;
  return element('path', { d: line + cap(low) + cap(high), fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5 });
}
