import sharp from 'sharp';
import { UserError, messageOf } from '../errors';
import type { Image } from './image';

// One image a thread: images are decoded side by side already, and no file is read twice.
sharp.cache(false);
sharp.concurrency(1);

/** 300 MB as RGB. A larger one is a mistake or a trap. */
const MOST_PIXELS = 100_000_000;

/**
 * Decodes a JPEG or PNG as `cv2.imread` does, but to RGB: turned as its EXIF orientation says, colour profile ignored, grey
 * spread to three channels, alpha dropped, 16 bits cut to 8. Errors with `unreadable-image` when it is no image, or is damaged or
 * cut short: the decoder's warnings count, because it fills what it cannot read with grey.
 * @param name for the message
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<Image> {
  try {
    const { data, info } = await sharp(bytes, {
      failOn: 'warning',
      ignoreIcc: true,
      limitInputPixels: MOST_PIXELS,
      autoOrient: true,
    })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it has ${info.channels} channels, want 3`);
    return { pixels: data, width: info.width, height: info.height };
  } catch (error) {
    throw new UserError(`Cannot read image ${name}: ${messageOf(error)}`, { code: 'unreadable-image', cause: error });
  }
}
