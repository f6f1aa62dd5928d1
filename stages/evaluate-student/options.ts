import { recogniserOptions } from '../../src/embedding/recogniser/recogniser-options';
import { METRICS_OPTION } from '../../src/evaluation/metrics/metrics-option';
import { SPREADS_OPTION } from '../../src/evaluation/spreads/spreads-option';
import { choice, number, object, text, type TypeOf } from '../../src/kit/options';
import { ALLOW_DUPLICATES } from '../../src/leakage/duplicate-options';

export const OPTIONS = object('What is evaluated, and what is allowed', {
  label: text('What the report calls this model', { pattern: '\\S', default: 'student' }),
  role: choice(
    'Role of the model in the comparison; `plain` is a student that was trained without a teacher',
    ['teacher', 'distilled', 'plain', 'other'],
    { default: 'other' },
  ),
  metrics: METRICS_OPTION,
  spreads: SPREADS_OPTION,
  // A group that has lost more pairs than that is not the group that the list describes.
  allowExcluded: number(
    'Share of the pairs of each group that may be left out because a photograph gave no face. The report counts them by group',
    { minimum: 0, maximum: 1, default: 0.1 },
  ),
  allowOverlap: number('Share of the test faces of a group that the model, or its teacher, may have learnt from', {
    minimum: 0,
    maximum: 1,
    default: 0,
  }),
  allowDuplicates: ALLOW_DUPLICATES,
  ...recogniserOptions('model', 'warn'),
});

export type Options = TypeOf<typeof OPTIONS>;
