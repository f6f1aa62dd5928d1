import type { TypeOfMembers } from '../../kit/option-types';
import { choice, optional } from '../../kit/options';
import { ALLOW_DUPLICATES } from '../../leakage/duplicate-options';

/** Who the faces are taken for, for stages that train. */
export const PEOPLE_OPTIONS = {
  identities: optional(
    choice(
      'Whether people of equal domain, group and name in several face sets are one person (`shared`) or several (`separate`); ' +
        'separate, with a warning, unless given',
      ['separate', 'shared'],
    ),
  ),
  allowDuplicates: ALLOW_DUPLICATES,
};

/** `identities`: `separate` unless said; who says nothing is told when it matters. `allowDuplicates`: 0 unless said. */
export type PeopleOptions = Partial<TypeOfMembers<typeof PEOPLE_OPTIONS>>;

/** Whether people of equal names in several face sets are one person or several. */
export type IdentityScope = NonNullable<PeopleOptions['identities']>;
