import { stdOf } from '../metrics/mean-std';
import type { Spread } from './spread';

export const std: Spread = {
  summary: 'standard deviation over the groups, divisor n',
  label: 'STD (ddof\u00a00)',
  definition: 'sqrt(Σ (value − mean)² / n) over the groups that have a value, as np.std',
  unit: 'of the metric',
  least: 2,
  measure: groups => ({
    value: stdOf(
      groups.map(({ value }) => value),
      0,
    ),
  }),
};
