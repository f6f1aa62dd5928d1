import { MIX_OPTIONS, type MixDatasetsOptions } from '../../src/datasets/mixing/mix-options';
import type { Stage } from '../../src/stage';
import { one } from '../../src/stage-inputs';

const inputs = {
  real: one('face-set', 'Real faces'),
  synthetic: one('face-set', 'Synthetic faces, of the same groups and size'),
};

/** Chooses real and synthetic identities of each group to learn from, and writes the list down. */
export const mixDatasets: Stage<MixDatasetsOptions, typeof inputs> = {
  name: 'mix-datasets',
  summary: 'Mixes real and synthetic identities of each group in a given share, by a seed, and writes the list',
  version: 1,
  options: MIX_OPTIONS,
  inputs,
  outputs: { selection: { type: 'face-selection', summary: 'Which faces of which set to learn from' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
