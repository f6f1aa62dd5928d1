import { fitSimilarity } from './similarity';
import type { Landmarks } from './template';
import type { Thumbnail } from './thumbnail';

/** What is cut out of a thumbnail: some pixels of a square. */
export interface Patch {
  /** Where the five points come to lie in the square. */
  readonly template: Landmarks;
  /** Of the square, in pixels. */
  readonly edge: number;
  /** Columns and rows. */
  readonly pixels: readonly (readonly [x: number, y: number])[];
}

/** All pixels of a square, row by row. */
export function pixelsOf(edge: number): [x: number, y: number][] {
  return Array.from({ length: edge * edge }, (_, i) => [i % edge, Math.floor(i / edge)]);
}

/**
 * The grey values of the pixels of a patch, bilinear; what lies beyond the thumbnail repeats its edge. Undefined where the row does not
 * say where a face lies.
 * @param row in pixels of the thumbnail
 */
export function cutPatch(
  { grey, width, height }: Thumbnail,
  row: Landmarks,
  { template, edge, pixels }: Patch,
): Float64Array | undefined {
  const fit = fitSimilarity(row, template, { width, height }, edge);
  if (!fit.ok) return undefined;
  const { a, b, tx, ty } = fit.similarity;
  const determinant = a * a + b * b;
  const values = new Float64Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const u = pixels[i]![0] - tx;
    const v = pixels[i]![1] - ty;
    const x = within((a * u + b * v) / determinant, width - 1);
    const y = within((a * v - b * u) / determinant, height - 1);
    const left = x | 0;
    const top = y | 0;
    const right = left + 1 < width ? left + 1 : left;
    const bottom = top + 1 < height ? top + 1 : top;
    const upper = grey[top * width + left]! * (1 - x + left) + grey[top * width + right]! * (x - left);
    const lower = grey[bottom * width + left]! * (1 - x + left) + grey[bottom * width + right]! * (x - left);
    values[i] = upper * (1 - y + top) + lower * (y - top);
  }
  return values;
}

function within(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}
