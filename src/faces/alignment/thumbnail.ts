import type { Image } from '../../kit/image';

/** A small copy of a photograph in one colour. */
export interface Thumbnail {
  /** width x height bytes, row by row. */
  readonly grey: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Pixels of the thumbnail per pixel of the photograph; at most 1. */
  readonly scale: number;
}

/** Longest side: a face that fills a third of its photograph keeps 27 to 53 px. */
const LONGEST = 160;

/** Means of green, most of the brightness, over square boxes of whole pixels; a photograph that is small enough keeps its size. */
export function thumbnailOf({ pixels, width: from, height: down }: Image): Thumbnail {
  const box = Math.ceil(Math.max(from, down) / LONGEST);
  const width = Math.max(1, Math.floor(from / box));
  const height = Math.max(1, Math.floor(down / box));
  const [across, along] = [Math.min(box, from), Math.min(box, down)];
  const values = across * along;
  const grey = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      let sum = 0;
      for (let row = 0; row < along; row++) {
        const start = 3 * ((y * box + row) * from + x * box) + 1;
        for (let i = start; i < start + 3 * across; i += 3) sum += pixels[i]!;
      }
      grey[at] = (sum / values + 0.5) | 0;
    }
  }
  return { grey, width, height, scale: 1 / box };
}
