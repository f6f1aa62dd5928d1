import { inStyle, seriesStyle } from './palette';
import type { Scale } from './scale';
import { element } from './svg';
import { escapeText } from '../../kit/text/escape-text';
import { ticksOf, type Tick } from './ticks';

export interface Axis {
  readonly label: string;
  readonly scale: Scale;
  /** Instead of round values, for an axis of names. */
  readonly ticks?: readonly Tick[];
}

export interface LegendEntry {
  readonly name: string;
  /** Index of the series' looks. */
  readonly style: number;
  readonly mark: 'line' | 'area' | 'dot';
}

export interface Frame {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly legend: readonly LegendEntry[];
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Nothing to show: says so in the middle. */
  readonly empty: boolean;
}

/** Where the data go: pixels from the upper left corner of the plotting area. */
export interface Area {
  readonly width: number;
  readonly height: number;
  x(value: number): number;
  y(value: number): number;
}

/** A standalone SVG with title, axes, grid and legend; `draw` returns the markup of the data, clipped to the plotting area. */
export function drawFrame(frame: Frame, draw: (area: Area) => string): string {
  const { width = 640 } = frame;
  const titleLines = wrap(frame.title, width - 2 * EDGE, 7.8);
  const legend = layOutLegend(frame.legend, width - 2 * EDGE);
  // A long legend takes room below the plot rather than from it, unless the height was asked for.
  const height = frame.height ?? 400 + Math.max(0, legend.rows - 1) * LEGEND_ROW;
  const yTicks = frame.y.ticks ?? ticksOf(frame.y.scale, Math.max(3, Math.round(height / 50)));
  const xTicks =
    frame.x.ticks?.map((tick, _, all) => fitted(tick, (width - 60) / all.length)) ??
    ticksOf(frame.x.scale, Math.max(3, Math.round(width / 100)));
  const left = EDGE + 22 + Math.max(...yTicks.map(tick => textWidth(tick.label)), 8);
  const top = EDGE + titleLines.length * 18 + 8;
  const bottom = height - EDGE - 40 - legend.rows * LEGEND_ROW;
  // A chart too small for its own words keeps a sliver to draw in rather than a negative size.
  const inner = { width: Math.max(20, width - EDGE - 6 - left), height: Math.max(20, bottom - top) };
  const area: Area = {
    ...inner,
    x: value => frame.x.scale.at(value) * inner.width,
    y: value => (1 - frame.y.scale.at(value)) * inner.height,
  };
  const parts = [
    element('title', {}, escapeText(frame.title)),
    element('rect', { class: 'chart-paper', width, height, rx: 6, fill: '#ffffff' }),
    ...titleLines.map((line, i) =>
      text(line, { x: EDGE, y: EDGE + 12 + i * 18, 'font-size': 14, 'font-weight': '600' }),
    ),
    element(
      'g',
      { transform: `translate(${Math.round(left)} ${Math.round(top)})` },
      [
        ...xTicks.map(tick => xTick(tick, area)),
        ...yTicks.map(tick => yTick(tick, area)),
        line(0, area.height, area.width, area.height, 0.7),
        line(0, 0, 0, area.height, 0.7),
        text(frame.x.label, { x: area.width / 2, y: area.height + 35, 'text-anchor': 'middle' }),
        text(frame.y.label, {
          transform: `translate(${-Math.round(left) + EDGE + 8} ${Math.round(area.height / 2)}) rotate(-90)`,
          'text-anchor': 'middle',
        }),
        frame.empty
          ? text('no data', { x: area.width / 2, y: area.height / 2, 'text-anchor': 'middle', opacity: '0.6' })
          : clipped(area, draw(area)),
      ].join(''),
    ),
    element('g', { transform: `translate(${EDGE} ${Math.round(bottom + 46)})` }, legend.markup),
  ];
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'chart',
      viewBox: `0 0 ${width} ${height}`,
      width: String(width),
      height: String(height),
      role: 'img',
      'aria-label': frame.title,
      'font-family': 'system-ui, sans-serif',
      'font-size': '12',
      color: '#1b1f24',
      fill: 'currentColor',
    },
    parts.join('\n'),
  );
}

const EDGE = 12;
const LEGEND_ROW = 18;

/** A nested svg clips without an id, which would clash where several charts share a page. Marks on the edge keep 4 px. */
function clipped({ width, height }: Area, markup: string): string {
  return element(
    'svg',
    {
      x: -4,
      y: -4,
      width: width + 8,
      height: height + 8,
      viewBox: [-4, -4, Math.round(width + 8), Math.round(height + 8)].join(' '),
      overflow: 'hidden',
    },
    markup,
  );
}

/** A name among others may not run into its neighbours. */
function fitted({ value, label }: Tick, width: number): Tick {
  return { value, label: shorten(label, width) };
}

function xTick({ value, label }: Tick, area: Area): string {
  const x = area.x(value);
  const grid = line(x, 0, x, area.height, label ? 0.16 : 0.07);
  return label ? grid + text(label, { x, y: area.height + 16, 'text-anchor': 'middle' }) : grid;
}

function yTick({ value, label }: Tick, area: Area): string {
  const y = area.y(value);
  const grid = line(0, y, area.width, y, label ? 0.16 : 0.07);
  return label ? grid + text(label, { x: -6, y: y + 4, 'text-anchor': 'end' }) : grid;
}

function line(x1: number, y1: number, x2: number, y2: number, opacity: number): string {
  return element('line', { x1, y1, x2, y2, stroke: 'currentColor', 'stroke-opacity': opacity });
}

function text(words: string, attributes: Readonly<Record<string, string | number>>): string {
  return words === '' ? '' : element('text', attributes, escapeText(words));
}

function layOutLegend(entries: readonly LegendEntry[], width: number): { rows: number; markup: string } {
  let x = 0;
  let row = 0;
  let markup = '';
  for (const entry of entries) {
    const name = shorten(entry.name, width - 40);
    const needed = 30 + textWidth(name) + 16;
    if (x > 0 && x + needed > width) {
      x = 0;
      row++;
    }
    const y = row * LEGEND_ROW;
    markup += inStyle(entry.style, legendSample(entry, x, y)) + text(name, { x: x + 30, y: y + 4 });
    x += needed;
  }
  return { rows: entries.length === 0 ? 0 : row + 1, markup };
}

function legendSample({ mark, style }: LegendEntry, x: number, y: number): string {
  const { dash } = seriesStyle(style);
  const stroke = { stroke: 'currentColor', 'stroke-dasharray': dash };
  if (mark === 'dot') return element('circle', { cx: x + 16, cy: y, r: 4.5, fill: 'currentColor' });
  if (mark === 'line') return element('line', { x1: x, y1: y, x2: x + 24, y2: y, 'stroke-width': 2, ...stroke });
  return element('rect', { x, y: y - 6, width: 24, height: 12, fill: 'currentColor', 'fill-opacity': 0.35, ...stroke });
}

/** Estimated width in px at 12 px: no font can be measured here, so a generous mean. */
function textWidth(words: string): number {
  return words.length * 6.6;
}

function shorten(words: string, width: number): string {
  const most = Math.max(4, Math.floor(width / 6.6));
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}

/** Breaks at spaces into at most 3 lines. */
function wrap(words: string, width: number, perLetter: number): string[] {
  const most = Math.max(8, Math.floor(width / perLetter));
  const lines: string[] = [];
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const shown = lines.slice(0, 3).map(each => (each.length <= most ? each : `${each.slice(0, most - 1)}…`));
  if (lines.length > 3) shown[2] = `${shown[2]!.slice(0, most - 1)}…`;
  return shown;
}
