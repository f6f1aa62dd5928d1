import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { UserError, messageOf } from '../../errors';
import { LOOKED_AT, pictureFormat } from './formats';

/** A larger one is a mistake or a trap. */
const MOST_PIXELS = 100_000_000;

export interface PictureFacts {
  /** As its first bytes say: `jpeg`, `png`, `svg`. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Format and size of a picture file: JPEG, PNG, WebP, TIFF, GIF, and SVG where its name says so, because a drawing is a program that
 * a user who opens a `.png` does not expect. Errors with `unreadable-image`.
 */
export async function pictureFacts(path: string): Promise<PictureFacts> {
  try {
    if (!path.toLowerCase().endsWith('.svg')) await refuseDrawing(path);
    const { format, width, height } = await sharp(path, { limitInputPixels: MOST_PIXELS }).metadata();
    return { format, width, height };
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
