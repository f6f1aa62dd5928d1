import { cutPatch, pixelsOf, type Patch } from './patch';
import { arcfaceTemplate, type Landmarks } from './template';
import type { Thumbnail } from './thumbnail';

/** Edge of a patch in pixels, and its pixels per pixel of a face of 112. */
const EDGE = 20;
const RATIO = EDGE / 112;
/** Pixels of a patch that show the face and not what is around it. */
const FACE: Patch = {
  template: Float64Array.from(arcfaceTemplate(112), value => value * RATIO),
  edge: EDGE,
  pixels: pixelsOf(EDGE).filter(([x, y]) => Math.hypot(x + 0.5 - EDGE / 2, y + 0.5 - 0.62 * EDGE) < 0.42 * EDGE),
};

/** The grey values of a face with mean 0 and length 1; undefined where its row does not fit, or it is a plain patch. */
export type StandardFace = Float64Array | undefined;

/**
 * The faces that rows of landmarks cut out of photographs.
 * @param rows one row for each thumbnail, in its pixels
 */
export function standardFaces(thumbnails: readonly Thumbnail[], rows: readonly Landmarks[]): StandardFace[] {
  return thumbnails.map((thumbnail, i) => standardFace(thumbnail, rows[i]!));
}

/**
 * The mean correlation of two faces of a set: the share of the variance that the mean face explains, without what a face shares with
 * itself. Faces that are none count as uncorrelated.
 */
export function meanCorrelation(faces: readonly StandardFace[]): number {
  const n = faces.length;
  const mean = new Float64Array(FACE.pixels.length);
  for (const face of faces) {
    if (face === undefined) continue;
    for (let k = 0; k < mean.length; k++) mean[k]! += face[k]! / n;
  }
  const explained = mean.reduce((sum, value) => sum + value * value, 0);
  return (n * explained - 1) / (n - 1);
}

function standardFace(thumbnail: Thumbnail, row: Landmarks): StandardFace {
  const face = cutPatch(thumbnail, row, FACE);
  if (face === undefined) return undefined;
  let sum = 0;
  for (const value of face) sum += value;
  const mean = sum / face.length;
  let squares = 0;
  for (let k = 0; k < face.length; k++) {
    face[k]! -= mean;
    squares += face[k]! * face[k]!;
  }
  if (squares < face.length) return undefined;
  const length = Math.sqrt(squares);
  for (let k = 0; k < face.length; k++) face[k]! /= length;
  return face;
}
