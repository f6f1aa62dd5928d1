import { element } from './svg';

/**
 * Okabe and Ito's colours for every kind of colour vision (jfly.uni-koeln.de/color, 2008), without black and yellow, which
 * vanish on a dark and on a white page.
 */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b87f00', '#3d9bd4', '#7a6fd0'] as const;

/** Lengths of dash and gap. 5 patterns and 7 colours share no factor, so 35 series differ, and also in grey. */
const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '14 4'] as const;

/** How the n-th series of a chart looks. `className` lets a page recolour a chart that is part of it. */
export interface SeriesStyle {
  readonly colour: string;
  readonly dash: string | undefined;
  readonly className: string;
}

/** @param index 0, 1, 2, …; the same index looks the same in every chart. */
export function seriesStyle(index: number): SeriesStyle {
  const at = index % COLOURS.length;
  return { colour: COLOURS[at]!, dash: DASHES[index % DASHES.length], className: `chart-s${at}` };
}

/** Markup that is drawn in the series' colour wherever it says `currentColor`. */
export function inStyle(index: number, markup: string): string {
  const { colour, className } = seriesStyle(index);
  return element('g', { class: className, color: colour }, markup);
}
