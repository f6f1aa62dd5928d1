import { countPairs, missingClass, type Comparisons, type Metric } from './metric';

/**
 * Receiver operating characteristic, exact: one point for each distinct score, in falling order, after the point (0, 0). Pairs
 * match when score >= threshold, so that tied scores enter together.
 */
export interface Roc {
  /** Cosine; the first is Infinity. */
  readonly thresholds: Float64Array;
  /** False match rate: share of the impostor pairs that match. */
  readonly fmr: Float64Array;
  /** True match rate (1 - FNMR): share of the genuine pairs that match. */
  readonly tmr: Float64Array;
}

export const areaUnderRoc: Metric = {
  name: 'auc',
  definition: 'area under the exact ROC by trapezoids, so a tie of a genuine and an impostor score counts one half',
  range: [0, 1],
  better: 'higher',
  measure: comparisons => {
    const missing = missingClass(countPairs(comparisons));
    return missing === null ? { value: areaUnder(rocOf(comparisons)) } : { value: null, reason: missing };
  },
};

/** Both classes must be present. */
export function rocOf(comparisons: Comparisons): Roc {
  const { scores, genuine } = comparisons;
  const counts = countPairs(comparisons);
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const column = (): Float64Array => new Float64Array(1 + order.length);
  const [thresholds, fmr, tmr] = [column(), column(), column()];
  thresholds[0] = Infinity;
  let [points, falseMatches, trueMatches] = [1, 0, 0];
  order.forEach((pair, rank) => {
    if (genuine[pair] === 1) trueMatches++;
    else falseMatches++;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[pair]) return;
    thresholds[points] = scores[pair]!;
    fmr[points] = falseMatches / counts.impostor;
    tmr[points] = trueMatches / counts.genuine;
    points++;
  });
  // Copies, so that tied scores do not hold memory.
  return { thresholds: thresholds.slice(0, points), fmr: fmr.slice(0, points), tmr: tmr.slice(0, points) };
}

export function areaUnder({ fmr, tmr }: Roc): number {
  let area = 0;
  for (let i = 1; i < fmr.length; i++) area += ((fmr[i]! - fmr[i - 1]!) * (tmr[i]! + tmr[i - 1]!)) / 2;
  return area;
}

/** The highest true match rate at a false match rate of at most `target`, and the threshold that gives it. */
export function operatingPoint(roc: Roc, target: number): { tmr: number; threshold: number } {
  let best = 0;
  while (best + 1 < roc.fmr.length && roc.fmr[best + 1]! <= target) best++;
  return { tmr: roc.tmr[best]!, threshold: roc.thresholds[best]! };
}

/** At most `count` + 1 points [FMR, TMR] for a plot with a logarithmic FMR axis, from one impostor pair up to 1. */
export function logRocPoints(roc: Roc, count = 120): [number, number][] {
  const lowest = roc.fmr.find(rate => rate > 0) ?? 1;
  return Array.from({ length: count + 1 }, (_, i) => {
    const target = i === count ? 1 : lowest * lowest ** (-i / count);
    return [target, operatingPoint(roc, target).tmr];
  });
}
