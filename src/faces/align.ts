import { UserError, messageOf } from '../errors';
import { decodeImage } from './decode';
import type { SkipReason } from './face-set';
import type { Image } from './image';
import { PICTURE_TOO_SLOW, type PictureFault } from './picture-fault';
import { fitSimilarity } from './similarity';
import type { Landmarks } from './template';
import { thumbnailOf, type Thumbnail } from './thumbnail';
import { warp } from './warp';

export type Aligned =
  | {
      readonly ok: true;
      /** size x size x 3 octets, RGB, row by row. */
      readonly pixels: Uint8Array;
      /** RMS distance of the moved landmarks from the template, in pixels of the face. */
      readonly residual: number;
      readonly image: Decoded;
    }
  | {
      readonly ok: false;
      readonly reason: SkipReason;
      readonly detail: string;
      /** Undefined where the photograph was not decoded. */
      readonly image?: Decoded;
    };

/** What is known of a decoded photograph: its size in pixels, turned as the EXIF orientation says, and a small copy where it was asked for. */
type Decoded = Pick<Image, 'width' | 'height'> & { readonly thumbnail?: Thumbnail };

interface AlignOptions {
  readonly size: number;
  /** For a face of `size` x `size` pixels. */
  readonly template: Landmarks;
  readonly name: string;
  /** Whether a small copy of the photograph is wanted. */
  readonly wantsThumbnail?: boolean;
}

/**
 * Cuts a face out of a photograph, so that its landmarks come to lie on the template. What is wrong with the photograph or
 * its landmarks is returned, not thrown; but for `picture-too-slow` (`UserError`).
 * @param bytes a picture file of a kind that `decodeImage` takes
 * @param landmarks in pixels of the decoded photograph
 */
export async function alignFace(
  bytes: Uint8Array,
  landmarks: Landmarks | undefined,
  { size, template, name, wantsThumbnail = false }: AlignOptions,
): Promise<Aligned> {
  if (landmarks === undefined) return { ok: false, reason: 'missing-landmarks', detail: 'no row in the landmark file' };
  let image;
  try {
    image = await decodeImage(bytes, name);
  } catch (error) {
    if (!(error instanceof UserError) || error.code === PICTURE_TOO_SLOW) throw error;
    return { ok: false, reason: error.code as PictureFault, detail: messageOf(error.cause) };
  }
  const { width, height } = image;
  const decoded = { width, height, ...(wantsThumbnail && { thumbnail: thumbnailOf(image) }) };
  const fit = fitSimilarity(landmarks, template, image, size);
  if (!fit.ok) return { ok: false, reason: `landmarks-${fit.reason}`, detail: fit.detail, image: decoded };
  const pixels = new Uint8Array(size * size * 3);
  warp(image, fit.similarity, size, pixels);
  return { ok: true, pixels, residual: fit.residual, image: decoded };
}
