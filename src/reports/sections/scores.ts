import { histogramOfCounts } from '../../pictures/charts';
import type { ReportedComparison } from '../compare';
import { fixed } from '../numbers';
import { SCORE_BINS } from '../scores';
import { markup, type Markup } from '../../pictures/page/markup';
import { figure } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

const MOST_COLUMNS = 50;

export const scores: ReportSection = {
  summary: 'histograms of genuine and impostor scores',
  draw,
};

function draw({ models }: ReportedComparison): SectionContent {
  const { from, to, merged } = visibleBins(
    models.flatMap(({ scores }) => scores.groups.flatMap(g => [g.genuine, g.impostor])),
  );
  const shown = (counts: Uint32Array): number[] => mergeBins(counts, from, to, merged);
  const range = [edge(from), edge(to)] as const;
  const figures = models.map(({ label, scores, overall }): Markup => {
    const highest = Math.max(
      ...scores.groups.flatMap(g => [highestShare(shown(g.genuine)), highestShare(shown(g.impostor))]),
    );
    const global = overall.globalThreshold.cosine;
    const charts = scores.groups.map(({ group, genuine, impostor }) =>
      histogramOfCounts({
        title: `group ${group}`,
        x: { label: 'cosine', range },
        series: [
          { name: 'genuine', counts: shown(genuine) },
          { name: 'impostor', counts: shown(impostor) },
        ],
        marks: global === null ? [] : [{ x: global, label: 'threshold' }],
        highest,
        width: 300,
        height: 250,
      }),
    );
    return markup`<h3>${label}</h3>${figure(charts, global === null ? '' : `Dotted: the global threshold, cosine ${fixed(global)}.`, 'small')}`;
  });
  const reading = markup`<p>The less the two histograms of a group overlap, the better. Where one threshold cuts the histograms of the groups differently, the groups suffer different errors.</p>`;
  return { title: 'Scores of genuine and impostor pairs', content: [reading, ...figures] };
}

/** Bins between the lowest and the highest score of anybody, in whole multiples of `merged` bins. */
function visibleBins(histograms: readonly Uint32Array[]): { from: number; to: number; merged: number } {
  const used = Array.from({ length: SCORE_BINS }, (_, i) => histograms.some(counts => counts[i]! > 0));
  const first = Math.max(0, used.indexOf(true));
  const last = Math.max(first, used.lastIndexOf(true));
  const merged = Math.max(1, Math.ceil((last + 1 - first) / MOST_COLUMNS));
  const from = Math.floor(first / merged) * merged;
  return { from, to: Math.min(SCORE_BINS, from + Math.ceil((last + 1 - from) / merged) * merged), merged };
}

function mergeBins(counts: Uint32Array, from: number, to: number, merged: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / merged) }, (_, column) => {
    const start = from + column * merged;
    return counts.subarray(start, Math.min(to, start + merged)).reduce((sum, count) => sum + count, 0);
  });
}

function highestShare(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? 0 : Math.max(...counts) / total;
}

/** Cosine at the lower edge of a bin. */
function edge(bin: number): number {
  return (2 * bin) / SCORE_BINS - 1;
}
