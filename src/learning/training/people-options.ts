import type { TypeOfMembers } from '../../kit/option-types';
import { choice, optional } from '../../kit/options';
import { ALLOW_DUPLICATES } from '../../leakage/duplicate-options';

/** Who the faces are taken for, for stages that train. */
export const PEOPLE_OPTIONS = {
  identities: optional(
    choice(
      'Whether people of equal domain, group and name in several face sets are one person (`shared`) or several (`separate`); ' +
        'by default separate, with a warning',
      ['separate', 'shared'],
    ),
  ),
  allowDuplicates: ALLOW_DUPLICATES,
};

/** `identities`: `separate` by default, with a warning where it matters. `allowDuplicates`: 0 by default. */
export type PeopleOptions = Partial<TypeOfMembers<typeof PEOPLE_OPTIONS>>;

/** Whether people of equal names in several face sets are one person or several. */
export type IdentityScope = NonNullable<PeopleOptions['identities']>;
