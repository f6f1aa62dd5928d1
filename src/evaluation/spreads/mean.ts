import { meanOf } from '../metrics/mean-std';
import type { Spread } from './spread';

export const mean: Spread = {
  summary: 'mean over the groups, each with the same weight',
  label: 'Mean',
  definition: 'Σ value / n over the n groups that have one, each with the same weight',
  unit: 'of the metric',
  least: 1,
  measure: groups => ({ value: meanOf(groups.map(({ value }) => value)) }),
};
