import { countPairs, missingClass, type Comparisons } from './metric';
import { operatingPoint, rocOf, type Roc } from './roc';

/** False match rates that the evaluation reports. */
export const FALSE_MATCH_RATES = [0.1, 0.01, 0.001] as const;

/** `tar` is null, with the reason, where the pairs cannot tell. */
export interface TarAtFmr {
  readonly fmr: number;
  /** True accept (match) rate, 0..1. */
  readonly tar: number | null;
  /** Cosine: pairs match when score >= threshold. Null when no pair matches. */
  readonly threshold: number | null;
  readonly reason?: string;
  /** A reservation about a value that is given. */
  readonly note?: string;
}

/**
 * The highest true accept rate at a false match rate of at most `fmr`; no interpolation. Fewer than 1 / fmr impostor pairs cannot
 * show a single false match at that rate, so no value is given; below 3 / fmr (the rule of three) it is given with a note.
 */
export function tarAtFmr(comparisons: Comparisons, fmr: number, roc?: Roc): TarAtFmr {
  const counts = countPairs(comparisons);
  const missing = missingClass(counts);
  if (missing !== null) return { fmr, tar: null, threshold: null, reason: missing };
  // Counts, since 1 / 0.001 need not be exact.
  if (counts.impostor * fmr < 1 - 1e-9) {
    const reason = `insufficient data: ${counts.impostor} impostor pairs, want at least ${Math.ceil(1 / fmr)}`;
    return { fmr, tar: null, threshold: null, reason };
  }
  const { tmr, threshold } = operatingPoint(roc ?? rocOf(comparisons), fmr);
  const wanted = Math.ceil(3 / fmr - 1e-9);
  const few = counts.impostor < wanted;
  return {
    fmr,
    tar: tmr,
    threshold: Number.isFinite(threshold) ? threshold : null,
    ...(few && { note: `${counts.impostor} impostor pairs; the rule of three wants ${wanted}` }),
  };
}
