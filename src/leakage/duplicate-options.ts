import type { OptionSchema } from '../stage';

/** Schema of the share that `DuplicatePolicy` allows. */
export const ALLOW_DUPLICATES = {
  type: 'number',
  minimum: 0,
  maximum: 1,
  default: 0,
  description:
    'Share of the faces of a group that may show the same picture (equal pixels or file) as a face of another identity',
} as const satisfies OptionSchema;
