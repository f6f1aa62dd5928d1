import { UserError } from '../../errors';
import { memberWithOptions, type ChosenMember } from '../../family';
import { list } from '../../kit/options';
import { METRICS } from './index';

/** A metric that a step names, with its options. */
export type ChosenMetric = ChosenMember<'metric', typeof METRICS.members>;

/** Written out, so that a new metric of the list changes no step that names none. */
export const USUAL_METRICS: readonly ChosenMetric[] = [
  { metric: 'accuracy' },
  { metric: 'auc' },
  { metric: 'eer' },
  { metric: 'tar-at-fmr', fmrs: [0.1, 0.01, 0.001] },
];

export const METRICS_OPTION = list(
  'Metrics of every group, beside counts and folds; accuracy by fold is always measured, because intervals and differences need it',
  memberWithOptions(METRICS, 'metric', 'A metric, with its options'),
  { default: USUAL_METRICS },
);

/** Errors with `metric-twice` (`UserError`): two columns of one name cannot be told apart. */
export function refuseMetricTwice(chosen: readonly ChosenMetric[]): void {
  const names = chosen.map(({ metric }) => metric);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new UserError(`Cannot evaluate: the metric "${twice}" is named twice; name it once, with all of its options`, {
    code: 'metric-twice',
  });
}
