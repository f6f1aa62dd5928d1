import { cutPatch, pixelsOf, type Patch } from './patch';
import { arcfaceTemplate, type Landmarks } from './template';
import type { Thumbnail } from './thumbnail';

/** Half a pixel per pixel of a face of 112, with room at both sides. */
const RATIO = 0.5;
const MARGIN = 14;
const EDGE = 112 * RATIO + 2 * MARGIN;
const WHOLE: Patch = {
  template: Float64Array.from(arcfaceTemplate(112), value => value * RATIO + MARGIN),
  edge: EDGE,
  pixels: pixelsOf(EDGE),
};
/** From the brows to the chin. */
const [TOP, BOTTOM] = [MARGIN + 8, EDGE - MARGIN - 2];
/** Half the width that is compared, and how far the axis is looked for, in pixels of the patch. */
const HALF = 20;
const FARTHEST = 12;

/** How symmetric the mean face is about the middle of the template, and about the axis that fits it best. */
export interface Axis {
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
export function meanFaceAxis(thumbnails: readonly Thumbnail[], rows: readonly Landmarks[]): Axis | undefined {
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
  const mean = new Float64Array(EDGE * EDGE);
  let count = 0;
  for (const [i, thumbnail] of thumbnails.entries()) {
    const patch = cutPatch(thumbnail, rows[i]!, WHOLE);
    if (patch === undefined) continue;
    const middle = patch.reduce((sum, value) => sum + value, 0) / patch.length;
    const deviation = Math.sqrt(patch.reduce((sum, value) => sum + (value - middle) ** 2, 0) / patch.length);
    if (deviation < 1) continue;
    for (let k = 0; k < patch.length; k++) mean[k]! += (patch[k]! - middle) / deviation;
    count++;
  }
  return count === 0 ? undefined : mean;
}

/** Correlation, row by row, of what lies left and right of an axis. @param shift of the axis in pixels of the patch */
function symmetryAbout(mean: Float64Array, shift: number): number {
  // Pixels x and twice - x lie opposite each other.
  const twice = EDGE - 1 + 2 * shift;
  const left = Math.max(0, twice - (EDGE - 1), Math.ceil(twice / 2 - HALF));
  const right = twice - left;
  let [product, squares] = [0, 0];
  for (let y = TOP; y < BOTTOM; y++) {
    let level = 0;
    for (let x = left; x <= right; x++) level += mean[y * EDGE + x]! / (right - left + 1);
    for (let x = left; x <= right; x++) {
      const here = mean[y * EDGE + x]! - level;
      product += here * (mean[y * EDGE + twice - x]! - level);
      squares += here * here;
    }
  }
  return squares === 0 ? 0 : product / squares;
}
