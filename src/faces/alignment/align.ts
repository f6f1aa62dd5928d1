import { UserError, messageOf } from '../../errors';
import { decodeImage } from '../decoding/decode';
import type { SkipReason } from '../../data/face-set';
import type { Image } from '../../kit/image';
import { PICTURE_TOO_SLOW, type PictureFault } from '../../data/skip-reason';
import { fitSimilarity } from './similarity';
import type { Landmarks } from './template';
import { thumbnailOf, type Thumbnail } from './thumbnail';
import { warp } from './warp';

export type Aligned =
  | {
      readonly ok: true;
      /** size x size x 3 bytes, RGB, row by row. */
      readonly pixels: Uint8Array;
      /** RMS distance of the moved landmarks from the template, in pixels of the face. */
      readonly residual: number;
      /** Where it was asked for. */
      readonly image?: Looked | undefined;
    }
  | {
      readonly ok: false;
      readonly reason: SkipReason;
      readonly detail: string;
      /** Where it was asked for, and the photograph was decoded. */
      readonly image?: Looked | undefined;
    };

/** A decoded photograph as it is looked at: its size in pixels, turned as the EXIF orientation says, and a small copy. */
export type Looked = Pick<Image, 'width' | 'height'> & { readonly thumbnail: Thumbnail };

interface AlignOptions {
  readonly size: number;
  /** For a face of `size` x `size` pixels. */
  readonly template: Landmarks;
  readonly name: string;
  /** Whether the photograph is among those that are examined. */
  readonly isLookedAt?: boolean;
}

/**
 * Cuts a face out of a photograph, so that its landmarks come to lie on the template. What is wrong with the photograph or
 * its landmarks is returned, not thrown, except `picture-too-slow` (`UserError`).
 * @param bytes a picture file of a kind that `decodeImage` takes
 * @param landmarks in pixels of the decoded photograph
 */
export async function alignFace(
  bytes: Uint8Array,
  landmarks: Landmarks | undefined,
  { size, template, name, isLookedAt = false }: AlignOptions,
): Promise<Aligned> {
  if (landmarks === undefined) return { ok: false, reason: 'missing-landmarks', detail: 'no row in the landmark file' };
  let image;
  try {
    image = await decodeImage(bytes, name);
  } catch (error) {
    if (!(error instanceof UserError) || error.code === PICTURE_TOO_SLOW) throw error;
    return { ok: false, reason: error.code as PictureFault, detail: messageOf(error.cause) };
  }
  const looked = isLookedAt ? lookOf(image) : undefined;
  const fit = fitSimilarity(landmarks, template, image, size);
  if (!fit.ok) return { ok: false, reason: `landmarks-${fit.reason}`, detail: fit.detail, image: looked };
  const pixels = new Uint8Array(size * size * 3);
  warp(image, fit.similarity, size, pixels);
  return { ok: true, pixels, residual: fit.residual, image: looked };
}

/** A photograph whose face is known already. Errors as `decodeImage`. */
export async function lookAt(bytes: Uint8Array, name: string): Promise<Looked> {
  return lookOf(await decodeImage(bytes, name));
}

function lookOf(image: Image): Looked {
  const { width, height } = image;
  return { width, height, thumbnail: thumbnailOf(image) };
}
