import { cutPatch, patchOf } from './patch';
import { arcfaceTemplate, type Landmarks } from '../alignment/template';
import type { Thumbnail } from '../alignment/thumbnail';

/** Half a pixel per pixel of a face of 112, with room at both sides. */
const RATIO = 0.5;
const MARGIN = 14;
const EDGE = 112 * RATIO + 2 * MARGIN;
/** Half the width that is compared, and how far the axis is looked for, in pixels of the patch. */
const HALF = 20;
const FARTHEST = 12;
/** All columns that any axis compares, and every second row from the brows to the chin. */
const LEFT = EDGE / 2 - HALF - FARTHEST;
const WIDTH = 2 * (HALF + FARTHEST);
const WINDOW = patchOf(
  Float64Array.from(arcfaceTemplate(112), value => value * RATIO + MARGIN),
  EDGE,
  (x, y) => x >= LEFT && x < LEFT + WIDTH && y >= MARGIN + 8 && y < EDGE - MARGIN - 2 && y % 2 === 0,
);

/** How symmetric the mean face is about the middle of the template, and about the axis that fits it best. */
export interface FaceAxis {
  /** Correlation of the mean face with its mirror image, -1 to 1. */
  readonly middle: number;
  readonly best: number;
  /** Where the best axis lies, in pixels of a face of 112 to the right of the middle (as one looks at it). */
  readonly shift: number;
}

/**
 * The axis of symmetry of the mean of the aligned faces: means of faces are symmetric, however single ones look, so another axis
 * betrays landmarks that lie beside the faces. Undefined where no face can be cut out.
 * @param rows one row for each thumbnail, in its pixels
 */
export function meanFaceAxis(thumbnails: readonly Thumbnail[], rows: readonly Landmarks[]): FaceAxis | undefined {
  const mean = meanPatch(thumbnails, rows);
  if (mean === undefined) return undefined;
  let best = { symmetry: -Infinity, shift: 0 };
  for (let shift = -FARTHEST; shift <= FARTHEST; shift++) {
    const symmetry = symmetryAbout(mean, shift);
    if (symmetry > best.symmetry) best = { symmetry, shift };
  }
  return { middle: symmetryAbout(mean, 0), best: best.symmetry, shift: best.shift / RATIO };
}

function meanPatch(thumbnails: readonly Thumbnail[], rows: readonly Landmarks[]): Float64Array | undefined {
  const mean = new Float64Array(WINDOW.x.length);
  let count = 0;
  const patch = new Float64Array(mean.length);
  for (const [i, thumbnail] of thumbnails.entries()) {
    if (!cutPatch(thumbnail, rows[i]!, WINDOW, patch)) continue;
    const { middle, deviation } = spreadOf(patch);
    if (deviation < 1) continue;
    for (let k = 0; k < patch.length; k++) mean[k]! += (patch[k]! - middle) / deviation;
    count++;
  }
  return count === 0 ? undefined : mean;
}

function spreadOf(values: Float64Array): { readonly middle: number; readonly deviation: number } {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const middle = sum / values.length;
  return { middle, deviation: Math.sqrt(Math.max(0, squares / values.length - middle * middle)) };
}

/** Correlation, row by row, of the pixels left and right of an axis. @param shift of the axis in pixels of the patch */
function symmetryAbout(mean: Float64Array, shift: number): number {
  const left = FARTHEST + shift;
  const right = left + 2 * HALF - 1;
  let [product, squares] = [0, 0];
  for (let row = 0; row < mean.length; row += WIDTH) {
    let level = 0;
    for (let x = left; x <= right; x++) level += mean[row + x]! / (2 * HALF);
    for (let x = left; x <= right; x++) {
      const here = mean[row + x]! - level;
      product += here * (mean[row + left + right - x]! - level);
      squares += here * here;
    }
  }
  return squares === 0 ? 0 : product / squares;
}
