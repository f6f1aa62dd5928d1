import { object } from '../../kit/options';
import type { Metric } from './metric';
import { TEN_FOLD } from './ten-fold';

export const accuracy: Metric = {
  summary: 'share of pairs decided rightly, mean over ten folds',
  options: object('Ten-fold accuracy', {}),
  label: 'Accuracy',
  definition: TEN_FOLD,
  unit: 'percent',
  range: [0, 100],
  better: 'higher',
  measure: pairs => {
    const { accuracy: value, reason } = pairs.tenFold();
    return [value === null ? { value, reason: reason! } : { value }];
  },
};
