import { cutPatch, patchOf } from './patch';
import { arcfaceTemplate, type Landmarks } from '../alignment/template';
import type { Thumbnail } from '../alignment/thumbnail';

/** Edge of a patch in pixels, and its pixels per pixel of a face of 112. */
const EDGE = 20;
const RATIO = EDGE / 112;
/** Pixels of a patch that show the face and not its surroundings. */
const FACE = patchOf(
  Float64Array.from(arcfaceTemplate(112), value => value * RATIO),
  EDGE,
  (x, y) => Math.hypot(x + 0.5 - EDGE / 2, y + 0.5 - 0.62 * EDGE) < 0.42 * EDGE,
);

const PIXELS = FACE.x.length;

/** The faces that rows of landmarks cut out of photographs, each with mean 0 and length 1; zeros where a row does not fit, or cuts out a plain patch. */
export interface StandardFaces {
  readonly count: number;
  /** Face by face. */
  readonly values: Float64Array;
}

/** @param rows one row for each thumbnail, in its pixels */
export function standardFaces(thumbnails: readonly Thumbnail[], rows: readonly Landmarks[]): StandardFaces {
  const count = thumbnails.length;
  const values = new Float64Array(count * PIXELS);
  thumbnails.forEach((thumbnail, i) => {
    const face = faceOf({ count, values }, i);
    if (cutPatch(thumbnail, rows[i]!, FACE, face)) standardise(face);
  });
  return { count, values };
}

export function faceOf({ values }: StandardFaces, index: number): Float64Array {
  return values.subarray(index * PIXELS, (index + 1) * PIXELS);
}

/**
 * The mean correlation of two faces of a set: the share of the variance that the mean face explains, without what a face shares with
 * itself. Faces that are none count as uncorrelated.
 * @param start, end of a stretch of the set
 */
export function meanCorrelation({ count, values }: StandardFaces, start = 0, end = count): number {
  const n = end - start;
  const sum = new Float64Array(PIXELS);
  for (let face = start; face < end; face++) {
    for (let k = 0, at = face * PIXELS; k < PIXELS; k++, at++) sum[k]! += values[at]!;
  }
  let explained = 0;
  for (let k = 0; k < PIXELS; k++) explained += (sum[k]! / n) ** 2;
  return (n * explained - 1) / (n - 1);
}

function standardise(face: Float64Array): void {
  let sum = 0;
  for (let k = 0; k < PIXELS; k++) sum += face[k]!;
  const mean = sum / PIXELS;
  let squares = 0;
  for (let k = 0; k < PIXELS; k++) {
    face[k]! -= mean;
    squares += face[k]! * face[k]!;
  }
  const factor = squares < PIXELS ? 0 : 1 / Math.sqrt(squares);
  for (let k = 0; k < PIXELS; k++) face[k]! *= factor;
}
