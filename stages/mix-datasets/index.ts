import type { MixOptions } from '../../src/datasets/mixing/mix-plan';
import { ALLOW_DUPLICATES } from '../../src/leakage/duplicate-options';
import type { Stage } from '../../src/stage';
import { one } from '../../src/stage-inputs';

interface MixDatasetsOptions extends MixOptions {
  readonly allowDuplicates?: number;
}

const inputs = {
  real: one('face-set', 'Real faces'),
  synthetic: one('face-set', 'Synthetic faces, of the same groups and size'),
};

/** Chooses real and synthetic identities of each group to learn from, and writes the list down. */
export const mixDatasets: Stage<MixDatasetsOptions, typeof inputs> = {
  name: 'mix-datasets',
  summary: 'Mixes real and synthetic identities of each group in a given share, seeded, and publishes the list',
  version: 1,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      realShare: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.7,
        description: 'Share of real ones in each group; the others are synthetic',
      },
      by: {
        type: 'string',
        enum: ['identities', 'images'],
        default: 'identities',
        description:
          'What the share and `total` count. By images, identities are taken whole, but for the last of each group and source',
      },
      total: {
        type: 'integer',
        minimum: 1,
        description:
          'Identities (or images) of each group; by default the largest number for which the share is exact and which every group can give',
      },
      seed: { type: 'integer', minimum: 0, default: 1, description: 'Decides which identities are taken' },
      allowDuplicates: ALLOW_DUPLICATES,
    },
  },
  inputs,
  outputs: { selection: { type: 'face-selection', summary: 'Which faces of which set to learn from' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
