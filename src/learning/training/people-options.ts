import { ALLOW_DUPLICATES } from '../../leakage/duplicate-options';
import type { OptionSchema } from '../../stage';
import type { IdentityScope } from './samples';

/** Who the faces are taken for, as JSON. */
export interface PeopleOptions {
  /** `separate` unless said; who says nothing is told when it matters. */
  readonly identities?: IdentityScope;
  /** Share of the faces of a group that may be another person's too, 0 to 1; 0 unless said. */
  readonly allowDuplicates?: number;
}

/** Schemas of `PeopleOptions`, for stages that train. */
export const PEOPLE_OPTIONS = {
  identities: {
    type: 'string',
    enum: ['separate', 'shared'],
    description:
      'Whether people of equal domain, group and name in several face sets are one person (`shared`) or several (`separate`); ' +
      'separate, with a warning, unless given',
  },
  allowDuplicates: ALLOW_DUPLICATES,
} as const satisfies Readonly<Record<keyof PeopleOptions, OptionSchema>>;
