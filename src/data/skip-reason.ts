/** Why a file gives no pixels. */
export type PictureFault = 'empty-file' | 'not-an-image' | 'unsupported-format' | 'too-large' | 'truncated' | 'corrupt';

/** Code of the error of a picture whose decoding was given up. No fault of which a result may depend: another machine would decode it. */
export const PICTURE_TOO_SLOW = 'picture-too-slow';

/** Why five points do not say where a face is. */
export type Degeneracy =
  | 'not-finite'
  | 'no-face-found'
  | 'points-coincide'
  | 'eyes-coincide'
  | 'collinear'
  | 'outside-image'
  | 'fractions'
  | 'absurd-scale'
  | 'not-a-face';
