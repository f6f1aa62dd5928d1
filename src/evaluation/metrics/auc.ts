import { object } from '../../kit/options';
import { ofBothKinds, type Metric } from './metric';
import { areaUnder } from './roc';

export const auc: Metric = {
  summary: 'area under the ROC',
  options: object('Area under the ROC', {}),
  label: 'AUC',
  definition: 'area under the exact ROC by trapezoids, so a tie of a genuine and an impostor score counts one half',
  unit: 'number',
  range: [0, 1],
  better: 'higher',
  measure: pairs => ofBothKinds(pairs, () => areaUnder(pairs.roc())),
};
