import type { Degeneracy } from '../../data/skip-reason';
import type { Landmarks } from './template';

/** Moves (x, y) to (a x - b y + tx, b x + a y + ty): turn, scale and shift. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

export type Fit =
  | {
      readonly ok: true;
      readonly similarity: Similarity;
      /** Pixels of the target per pixel of the source. */
      readonly scale: number;
      /** RMS distance of the moved points from the target points, in pixels of the target. */
      readonly residual: number;
    }
  | { readonly ok: false; readonly reason: Degeneracy; readonly detail: string };

/**
 * The limits below separate a mistake from an odd pose. A face in pure profile, with the eyes at one x, leaves a residual of
 * about 0.7 of the template's spread; left and right swapped leave 0.98.
 */
const LARGEST_RESIDUAL = 0.85;
/** Enlarging more than this makes a face out of 5 or 6 pixels. */
const LARGEST_ENLARGEMENT = 20;
/** Longest side of the image, over the edge of the cut-out in the image. */
const SMALLEST_IMAGE = 1 / 16;

/**
 * The similarity that brings five points nearest to the template in the least-squares sense. In two dimensions Umeyama's
 * solution (1991) has a closed form on centred points p = (x, y), q = (u, v):
 * a = sum(xu + yv) / sum(x² + y²), b = sum(xv - yu) / sum(x² + y²); it never reflects.
 * @param points in pixels of the image, integer = centre of a pixel
 * @param image its size in pixels; points that lie all outside are degenerate
 * @param size edge of the target in pixels
 */
export function fitSimilarity(
  points: Landmarks,
  template: Landmarks,
  image: { readonly width: number; readonly height: number },
  size: number,
): Fit {
  if (points.length !== 10 || !points.every(Number.isFinite)) {
    return degenerate('not-finite', `want ten finite numbers, got ${Array.from(points).join(' ')}`);
  }
  const from = centred(points);
  const found = degeneracyOf(points, from, image);
  if (found !== undefined) return found;
  const to = centred(template);
  let dot = 0;
  let cross = 0;
  for (let i = 0; i < 10; i += 2) {
    const [x, y, u, v] = [from.at[i]!, from.at[i + 1]!, to.at[i]!, to.at[i + 1]!];
    dot += x * u + y * v;
    cross += x * v - y * u;
  }
  const a = dot / from.sumOfSquares;
  const b = cross / from.sumOfSquares;
  const similarity = { a, b, tx: to.x - a * from.x + b * from.y, ty: to.y - b * from.x - a * from.y };
  const scale = Math.hypot(a, b);
  // What the fit leaves of the target's spread; below 0 by rounding alone.
  const residual = Math.sqrt(Math.max(0, to.sumOfSquares - scale * scale * from.sumOfSquares) / 5);
  if (residual > LARGEST_RESIDUAL * Math.sqrt(to.sumOfSquares / 5)) {
    return degenerate(
      'not-a-face',
      `the points do not lie like a face (RMS residual ${residual.toFixed(1)} px); are left and right swapped?`,
    );
  }
  const enlargement = (scale * 112) / size;
  if (enlargement > LARGEST_ENLARGEMENT || size / scale > Math.max(image.width, image.height) / SMALLEST_IMAGE) {
    return degenerate(
      'absurd-scale',
      `the face would be ${(size / scale).toFixed(1)} px wide in an image of ${image.width} x ${image.height}`,
    );
  }
  return { ok: true, similarity, scale, residual };
}

function degeneracyOf(
  points: Landmarks,
  { at, sumOfSquares }: Centred,
  image: { readonly width: number; readonly height: number },
): Fit | undefined {
  const sentinel = [0, -1].find(value => points.every(point => point === value));
  if (sentinel !== undefined) {
    return degenerate('no-face-found', `all ten numbers are ${sentinel}, as where a detector has found no face`);
  }
  const spread = Math.sqrt(sumOfSquares / 5);
  if (spread < 1e-3) return degenerate('points-coincide', `all five points lie at (${points[0]}, ${points[1]})`);
  if (Math.hypot(points[0]! - points[2]!, points[1]! - points[3]!) < 1e-3 * spread) {
    return degenerate('eyes-coincide', `both eyes lie at (${points[0]}, ${points[1]})`);
  }
  if (widthAcross(at) < 1e-3 * spread) return degenerate('collinear', 'all five points lie on one line');
  if (points.every(value => value >= 0 && value <= 1.5)) {
    const likely = 'are they fractions of the width and height instead of pixels?';
    return degenerate('fractions', `all five points lie within a pixel and a half of the corner; ${likely}`);
  }
  const inside = (x: number, y: number): boolean =>
    x >= -0.5 && y >= -0.5 && x <= image.width - 0.5 && y <= image.height - 0.5;
  if (![0, 2, 4, 6, 8].some(i => inside(points[i]!, points[i + 1]!))) {
    return degenerate(
      'outside-image',
      `all five points lie outside the image of ${image.width} x ${image.height} px; were they made for a larger copy?`,
    );
  }
  return undefined;
}

/** RMS distance from the line that fits the centred points best: the root of the smaller eigenvalue of their covariance. */
function widthAcross(at: readonly number[]): number {
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < 10; i += 2) {
    xx += (at[i]! * at[i]!) / 5;
    yy += (at[i + 1]! * at[i + 1]!) / 5;
    xy += (at[i]! * at[i + 1]!) / 5;
  }
  // det / larger eigenvalue loses fewer digits than trace / 2 - root.
  const larger = (xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy);
  return Math.sqrt(Math.max(0, (xx * yy - xy * xy) / larger));
}

/** Five points about their mean (x, y). */
interface Centred {
  readonly x: number;
  readonly y: number;
  readonly at: readonly number[];
  readonly sumOfSquares: number;
}

function centred(points: Landmarks): Centred {
  let x = 0;
  let y = 0;
  for (let i = 0; i < 10; i += 2) {
    x += points[i]! / 5;
    y += points[i + 1]! / 5;
  }
  const at: number[] = [];
  let sumOfSquares = 0;
  for (let i = 0; i < 10; i++) {
    const value = points[i]! - (i % 2 === 0 ? x : y);
    at.push(value);
    sumOfSquares += value * value;
  }
  return { x, y, at, sumOfSquares };
}

function degenerate(reason: Degeneracy, detail: string): Fit {
  return { ok: false, reason, detail };
}
