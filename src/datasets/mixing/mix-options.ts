import { choice, integer, number, object, optional, type TypeOf } from '../../kit/options';
import { ALLOW_DUPLICATES } from '../../leakage/duplicate-options';

export const MIX_OPTIONS = object('What is mixed', {
  realShare: number('Share of real identities (or images) in each group; the others are synthetic', {
    minimum: 0,
    maximum: 1,
    default: 0.7,
  }),
  by: choice(
    'What the share and `total` count. With `images`, identities are taken whole, except the last of each group and source',
    ['identities', 'images'],
    { default: 'identities' },
  ),
  total: optional(
    integer(
      'Identities (or images) of each group; by default the largest number that every group can give and that makes the share exact',
      { minimum: 1 },
    ),
  ),
  seed: integer('Decides which identities are taken', { minimum: 0, default: 1 }),
  allowDuplicates: ALLOW_DUPLICATES,
});

export type MixDatasetsOptions = TypeOf<typeof MIX_OPTIONS>;
/** Options that decide which people are taken. */
export type MixOptions = Omit<MixDatasetsOptions, 'allowDuplicates'>;
