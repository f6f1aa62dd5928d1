import { object } from '../../kit/options';
import { ofBothKinds, type Metric } from './metric';
import type { Roc } from './roc';

export const eer: Metric = {
  summary: 'equal error rate, where FMR = FNMR',
  options: object('Equal error rate', {}),
  label: 'EER',
  definition: 'rate at which FMR = FNMR, by linear interpolation between the points of the exact ROC',
  unit: 'rate',
  range: [0, 1],
  better: 'lower',
  measure: pairs => ofBothKinds(pairs, () => equalError(pairs.roc())),
};

/** Where the polygon of the ROC crosses FMR = 1 - TMR. */
function equalError({ fmr, tmr }: Roc): number {
  // FMR - FNMR rises from -1 at the first point to 1 at the last, so there is a crossing.
  const gap = (i: number): number => fmr[i]! + tmr[i]! - 1;
  let after = 1;
  while (gap(after) < 0) after++;
  const share = gap(after - 1) / (gap(after - 1) - gap(after));
  return fmr[after - 1]! + share * (fmr[after]! - fmr[after - 1]!);
}
