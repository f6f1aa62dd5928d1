import { countPairs, type Comparisons } from './comparisons';

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

/** Both classes must be present. Beside its points it holds a number of 4 or 8 bytes a pair, as wide as the scores. */
export function rocOf(comparisons: Comparisons): Roc {
  const counts = countPairs(comparisons);
  const [genuine, impostor] = [scoresOf(comparisons, 1, counts.genuine), scoresOf(comparisons, 0, counts.impostor)];
  const count = 1 + countDistinct(genuine, impostor);
  const [thresholds, fmr, tmr] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  thresholds[0] = Infinity;
  let [trueMatches, falseMatches] = [0, 0];
  for (let point = 1; point < count; point++) {
    const threshold = highest(genuine, trueMatches, impostor, falseMatches);
    // Tied pairs enter together.
    trueMatches = countFrom(genuine, trueMatches, threshold);
    falseMatches = countFrom(impostor, falseMatches, threshold);
    thresholds[point] = threshold;
    fmr[point] = falseMatches / counts.impostor;
    tmr[point] = trueMatches / counts.genuine;
  }
  return { thresholds, fmr, tmr };
}

/** The scores of one kind of pair in rising order: sorted without a comparison of ours, which is many times faster and needs no copy. */
function scoresOf({ scores, genuine }: Comparisons, kind: 0 | 1, count: number): Float32Array | Float64Array {
  const own = scores instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  let next = 0;
  for (let i = 0; i < scores.length; i++) if ((genuine[i] === 1 ? 1 : 0) === kind) own[next++] = scores[i]!;
  return own.sort();
}

function countDistinct(genuine: ArrayLike<number>, impostor: ArrayLike<number>): number {
  let [count, g, i] = [0, 0, 0];
  while (g < genuine.length || i < impostor.length) {
    const threshold = highest(genuine, g, impostor, i);
    g = countFrom(genuine, g, threshold);
    i = countFrom(impostor, i, threshold);
    count++;
  }
  return count;
}

/** The highest score that is left when the highest `g` genuine and `i` impostor scores are taken. */
function highest(genuine: ArrayLike<number>, g: number, impostor: ArrayLike<number>, i: number): number {
  const [a, b] = [genuine[genuine.length - 1 - g] ?? -Infinity, impostor[impostor.length - 1 - i] ?? -Infinity];
  return a > b ? a : b;
}

/** How many of the highest scores, `taken` at least, are a threshold or above it. */
function countFrom(rising: ArrayLike<number>, taken: number, threshold: number): number {
  let count = taken;
  while (count < rising.length && rising[rising.length - 1 - count]! >= threshold) count++;
  return count;
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
