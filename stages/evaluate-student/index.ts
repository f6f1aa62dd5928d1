import { recogniserCompanions } from '../../src/embedding/recogniser/recogniser-options';
import { metricObjections } from '../../src/evaluation/metrics/metrics-option';
import type { Stage } from '../../src/stage';
import { one, optional } from '../../src/stage-inputs';
import { OPTIONS, type Options } from './options';

const inputs = {
  model: optional('face-model', 'The model to evaluate; or give the option `model`'),
  faces: one('face-set', 'Faces of the test split'),
  pairs: one('pair-list', 'Verification pairs of the test split'),
};

/** Verifies pairs of faces with a model and measures how well it does on each group. */
export const evaluateStudent: Stage<Options, typeof inputs> = {
  name: 'evaluate-student',
  summary: 'Compares the pairs of a test split with a model: ten-fold accuracy, ROC and error rates for each group',
  version: 1,
  options: OPTIONS,
  companions: recogniserCompanions,
  objections: ({ metrics }) => metricObjections(metrics),
  inputs,
  outputs: { evaluation: { type: 'evaluation', summary: 'Score of every pair, and the metrics of every group' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
