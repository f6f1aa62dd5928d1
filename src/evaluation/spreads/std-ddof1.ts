import { stdOf } from '../metrics/mean-std';
import type { Spread } from './spread';

export const stdDdof1: Spread = {
  summary: 'standard deviation over the groups, divisor n - 1',
  label: 'STD (ddof\u00a01)',
  definition: 'sqrt(Σ (value − mean)² / (n − 1)) over the groups that have a value',
  unit: 'of the metric',
  least: 2,
  measure: groups => ({
    value: stdOf(
      groups.map(({ value }) => value),
      1,
    ),
  }),
};
