import { UserError } from '../../errors';
import { memberWithOptions, type ChosenMember } from '../../family';
import { list } from '../../kit/options';
import type { Objection } from '../../stage';
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

/** An objection to each metric that was named before: two columns of one name cannot be told apart. */
export function metricObjections(chosen: readonly ChosenMetric[]): readonly Objection[] {
  const names = chosen.map(({ metric }) => metric);
  return names.flatMap((name, i) => (names.indexOf(name) < i ? [metricTwice(name, i)] : []));
}

function metricTwice(name: string, index: number): Objection {
  return {
    option: ['metrics', index, 'metric'],
    code: 'metric-twice',
    text: `the metric "${name}" is named twice; name it once, with all of its options`,
  };
}

/** Errors with `metric-twice` (`UserError`). */
export function refuseMetricTwice(chosen: readonly ChosenMetric[]): void {
  const [objection] = metricObjections(chosen);
  if (objection) throw new UserError(`Cannot evaluate: ${objection.text}`, { code: objection.code });
}
