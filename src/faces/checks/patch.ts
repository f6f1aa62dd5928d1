import { fitSimilarity } from '../alignment/similarity';
import type { Landmarks } from '../alignment/template';
import type { Thumbnail } from '../alignment/thumbnail';

/** What is cut out of a thumbnail: some pixels of a square. */
export interface Patch {
  /** Where the five points come to lie in the square. */
  readonly template: Landmarks;
  /** Of the square, in pixels. */
  readonly edge: number;
  /** Columns and rows of the pixels. */
  readonly x: Uint8Array;
  readonly y: Uint8Array;
}

/** @param edge at most 256. @param isIn of the pixels of the square, row by row */
export function patchOf(template: Landmarks, edge: number, isIn: (x: number, y: number) => boolean): Patch {
  const pixels = Array.from({ length: edge * edge }, (_, i) => [i % edge, Math.floor(i / edge)] as const).filter(
    ([x, y]) => isIn(x, y),
  );
  return { template, edge, x: Uint8Array.from(pixels, ([x]) => x), y: Uint8Array.from(pixels, ([, y]) => y) };
}

/**
 * The grey values of the pixels of a patch, bilinear; pixels beyond the thumbnail repeat its edge.
 * @param row in pixels of the thumbnail
 * @param into one value for each pixel of the patch
 * @returns false where the row does not say where a face lies; nothing is written then
 */
export function cutPatch(
  { grey, width, height }: Thumbnail,
  row: Landmarks,
  { template, edge, x: columns, y: rows }: Patch,
  into: Float64Array,
): boolean {
  const fit = fitSimilarity(row, template, { width, height }, edge);
  if (!fit.ok) return false;
  const { a, b, tx, ty } = fit.similarity;
  const [along, across] = [a / (a * a + b * b), b / (a * a + b * b)];
  for (let i = 0; i < into.length; i++) {
    const u = columns[i]! - tx;
    const v = rows[i]! - ty;
    const x = within(along * u + across * v, width - 1);
    const y = within(along * v - across * u, height - 1);
    const left = x | 0;
    const top = y | 0;
    const right = left + 1 < width ? left + 1 : left;
    const bottom = top + 1 < height ? top + 1 : top;
    const upper = grey[top * width + left]! * (1 - x + left) + grey[top * width + right]! * (x - left);
    const lower = grey[bottom * width + left]! * (1 - x + left) + grey[bottom * width + right]! * (x - left);
    into[i] = upper * (1 - y + top) + lower * (y - top);
  }
  return true;
}

function within(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}
