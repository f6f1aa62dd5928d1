import { choice, integer, number, object, optional, type TypeOf } from '../../kit/options';
import { ALLOW_DUPLICATES } from '../../leakage/duplicate-options';

export const MIX_OPTIONS = object('What is mixed', {
  realShare: number('Share of real ones in each group; the others are synthetic', {
    minimum: 0,
    maximum: 1,
    default: 0.7,
  }),
  by: choice(
    'What the share and `total` count. By images, identities are taken whole, but for the last of each group and source',
    ['identities', 'images'],
    { default: 'identities' },
  ),
  total: optional(
    integer(
      'Identities (or images) of each group; by default the largest number for which the share is exact and which every group can give',
      { minimum: 1 },
    ),
  ),
  seed: integer('Decides which identities are taken', { minimum: 0, default: 1 }),
  allowDuplicates: ALLOW_DUPLICATES,
});

export type MixDatasetsOptions = TypeOf<typeof MIX_OPTIONS>;
/** What decides who is taken. */
export type MixOptions = Omit<MixDatasetsOptions, 'allowDuplicates'>;
