import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { UserError, messageOf } from '../../errors';
import { LOOKED_AT, pictureFormat } from './formats';
import type { Image } from '../../kit/image';

/** A larger one is a mistake or a trap. */
const MOST_PIXELS = 100_000_000;
/** Seconds. Somebody waits for it. */
const LONGEST_S = 20;

export interface PictureFacts {
  /** As its first octets say: `jpeg`, `png`, `svg`. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Format and size of a picture file: JPEG, PNG, WebP, TIFF, GIF, and SVG where its name says so, because a drawing is a program that
 * whoever opens a `.png` does not expect. Errors with `unreadable-image`.
 */
export async function pictureFacts(path: string): Promise<PictureFacts> {
  return reading(path, async () => {
    const { format, width, height } = await sharp(path, { limitInputPixels: MOST_PIXELS }).metadata();
    return { format, width, height };
  });
}

/** The picture on white, as RGB, no larger than the room and never enlarged. Errors with `unreadable-image`. */
export async function shrinkPicture(
  path: string,
  room: { readonly width: number; readonly height: number },
): Promise<Image> {
  return reading(path, async () => {
    const { data, info } = await shrunk(path, room).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { pixels: data, width: info.width, height: info.height };
  });
}

/** The same as the octets of a PNG file. */
export async function shrinkToPng(
  path: string,
  room: { readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  return reading(path, () => shrunk(path, room).png().toBuffer());
}

function shrunk(path: string, { width, height }: { readonly width: number; readonly height: number }): sharp.Sharp {
  return sharp(path, { limitInputPixels: MOST_PIXELS, autoOrient: true })
    .resize(width, height, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .timeout({ seconds: LONGEST_S });
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    if (!path.toLowerCase().endsWith('.svg')) await refuseDrawing(path);
    return await read();
  } catch (error) {
    throw new UserError(`Cannot read image ${path}: ${messageOf(error)}`, { code: 'unreadable-image', cause: error });
  }
}

async function refuseDrawing(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
    const start = buffer.subarray(0, bytesRead);
    const format = pictureFormat(start);
    const isRaster = ['jpeg', 'png', 'webp', 'tiff'].includes(format.kind);
    if (!isRaster && start.toString('latin1', 0, 4) !== 'GIF8')
      throw new Error(`it is ${'what' in format ? format.what : 'a BMP picture'}`);
  } finally {
    await file.close();
  }
}
