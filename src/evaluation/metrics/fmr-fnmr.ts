import { countPairs, type Comparisons } from './comparisons';
import { squaredDistance } from './distances';

/** Null where there are no pairs of the class. */
export interface ErrorRates {
  /** False matches among the impostor pairs (not among all pairs). */
  readonly fmr: number | null;
  /** False non-matches among the genuine pairs (not among all pairs). */
  readonly fnmr: number | null;
}

/** Error rates when pairs match at a squared L2 distance < `threshold`. */
export function ratesAt(comparisons: Comparisons, threshold: number): ErrorRates {
  const { scores, genuine } = comparisons;
  const counts = countPairs(comparisons);
  let falseMatches = 0;
  let falseNonMatches = 0;
  for (let i = 0; i < scores.length; i++) {
    const matches = squaredDistance(scores[i]!) < threshold;
    if (genuine[i] === 1 && !matches) falseNonMatches++;
    if (genuine[i] !== 1 && matches) falseMatches++;
  }
  return {
    fmr: counts.impostor === 0 ? null : falseMatches / counts.impostor,
    fnmr: counts.genuine === 0 ? null : falseNonMatches / counts.genuine,
  };
}
