import { countPairs, missingClass, type Metric } from './metric';
import { rocOf, type Roc } from './roc';

export const equalErrorRate: Metric = {
  name: 'eer',
  definition: 'rate at which FMR = FNMR, by linear interpolation between the points of the exact ROC',
  range: [0, 1],
  better: 'lower',
  measure: comparisons => {
    const missing = missingClass(countPairs(comparisons));
    return missing === null ? { value: equalError(rocOf(comparisons)) } : { value: null, reason: missing };
  },
};

/** Where the polygon of the ROC crosses FMR = 1 - TMR. */
export function equalError({ fmr, tmr }: Roc): number {
  // FMR - FNMR rises from -1 at the first point to 1 at the last, so there is a crossing.
  const gap = (i: number): number => fmr[i]! + tmr[i]! - 1;
  let after = 1;
  while (gap(after) < 0) after++;
  const share = gap(after - 1) / (gap(after - 1) - gap(after));
  return fmr[after - 1]! + share * (fmr[after]! - fmr[after - 1]!);
}
