import { number } from '../kit/options';

/** Schema of the share that `DuplicatePolicy` allows. */
export const ALLOW_DUPLICATES = number(
  'Share of the faces of a group that may show the same picture (equal pixels or file) as a face of another identity',
  { minimum: 0, maximum: 1, default: 0 },
);
