import type { Image } from './image';

/** A small grey copy of a photograph. */
export interface Thumbnail {
  /** width x height octets, row by row. */
  readonly grey: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Pixels of the thumbnail per pixel of the photograph; at most 1. */
  readonly scale: number;
}

/** Longest side: a face that fills a third of its photograph keeps 50 px. */
const LONGEST = 160;

/** Means over boxes of pixels; a photograph that is small enough keeps its size. */
export function thumbnailOf({ pixels, width: from, height: down }: Image): Thumbnail {
  const scale = Math.min(1, LONGEST / Math.max(from, down));
  const width = Math.max(1, Math.round(from * scale));
  const height = Math.max(1, Math.round(down * scale));
  const sums = new Float64Array(width * height);
  const counts = new Float64Array(width * height);
  for (let y = 0, at = 0; y < down; y++) {
    const row = Math.min(height - 1, Math.floor((y * height) / down)) * width;
    for (let x = 0; x < from; x++, at += 3) {
      const box = row + Math.min(width - 1, Math.floor((x * width) / from));
      sums[box]! += pixels[at]! + pixels[at + 1]! + pixels[at + 2]!;
      counts[box]! += 3;
    }
  }
  return { grey: Uint8Array.from(sums, (sum, i) => Math.round(sum / counts[i]!)), width, height, scale };
}
