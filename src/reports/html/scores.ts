import { histogramOfCounts } from '../../plots';
import type { BiasComparison } from '../compare';
import { SCORE_BINS } from '../scores';
import type { Markup } from './markup';
import { figure, section, type Section } from './parts';

const MOST_COLUMNS = 50;

/** Histograms of genuine and impostor scores for every model and group. */
export function scoresSection({ models }: BiasComparison): Section {
  const { from, to, merged } = visibleBins(
    models.flatMap(({ scores }) => scores.groups.flatMap(g => [g.genuine, g.impostor])),
  );
  const shown = (counts: Uint32Array): number[] => mergeBins(counts, from, to, merged);
  const range = [edge(from), edge(to)] as const;
  const figures = models.map(({ label, scores, groups, overall }): Markup => {
    const highest = Math.max(
      ...scores.groups.flatMap(g => [highestShare(shown(g.genuine)), highestShare(shown(g.impostor))]),
    );
    const global = 1 - overall.globalThreshold.threshold / 2;
    const charts = scores.groups.map(({ group, genuine, impostor }, i) =>
      histogramOfCounts({
        title: `${label}, group ${group}`,
        x: { label: 'cosine of the pair', range },
        series: [
          { name: `genuine (${groups[i]!.genuine})`, counts: shown(genuine) },
          { name: `impostor (${groups[i]!.impostor})`, counts: shown(impostor) },
        ],
        marks: [{ x: global, label: 'global threshold' }],
        highest,
        width: 400,
        height: 300,
      }),
    );
    return figure(
      charts,
      `${label}: the less the two histograms of a group overlap, the better; where the dotted threshold cuts them differently, groups suffer different errors.`,
      'small',
    );
  });
  return section('scores', 'Scores of genuine and impostor pairs', figures);
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
