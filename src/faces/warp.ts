import type { Image } from './image';
import type { Similarity } from './similarity';

/** Places between two pixels at which OpenCV 4 samples. */
const STEPS = 32;
/** OpenCV sums coordinates in 1/1024 px. */
const UNIT = 1024;

/**
 * Cuts the square [0, size) x [0, size) of the target plane out of an image: bilinear, integer coordinates at centres of
 * pixels, black outside. Coordinates and weights are rounded where `cv2.warpAffine(INTER_LINEAR, borderValue=0)` of OpenCV 4
 * rounds them, to 1/32 px: public recognisers were trained on faces cut by it, and a float version differs by up to 6 grey levels.
 * @param similarity from the image to the target plane; must be invertible
 * @param into `size * size * 3` octets, RGB, row by row; overwritten
 */
export function warp(image: Image, similarity: Similarity, size: number, into: Uint8Array): void {
  const { pixels, width, height } = image;
  const { a, b, tx, ty } = inverse(similarity);
  const alongX = Int32Array.from({ length: size }, (_, x) => fixed(a * x));
  const alongY = Int32Array.from({ length: size }, (_, x) => fixed(b * x));
  const stride = width * 3;
  let out = 0;
  for (let y = 0; y < size; y++) {
    // Half a step is added, so that the shift below rounds to the nearest 1/32.
    const startX = fixed(-b * y + tx) + UNIT / STEPS / 2;
    const startY = fixed(a * y + ty) + UNIT / STEPS / 2;
    for (let x = 0; x < size; x++, out += 3) {
      const u = (startX + alongX[x]!) >> 5;
      const v = (startY + alongY[x]!) >> 5;
      const left = u >> 5;
      const top = v >> 5;
      if (left < -1 || top < -1 || left >= width || top >= height) {
        into[out] = into[out + 1] = into[out + 2] = 0;
        continue;
      }
      const wx = u & 31;
      const wy = v & 31;
      // Weights in 1/1024; a tap outside the image counts as black.
      const inLeft = left >= 0;
      const inRight = left + 1 < width;
      const inTop = top >= 0;
      const inBottom = top + 1 < height;
      const w00 = inTop && inLeft ? (STEPS - wx) * (STEPS - wy) : 0;
      const w01 = inTop && inRight ? wx * (STEPS - wy) : 0;
      const w10 = inBottom && inLeft ? (STEPS - wx) * wy : 0;
      const w11 = inBottom && inRight ? wx * wy : 0;
      const at = top * stride + left * 3;
      for (let c = 0; c < 3; c++) {
        const tap = at + c;
        // `| 0` turns the undefined beyond the ends of the array, whose weight is 0, into a number.
        const sum =
          w00 * (pixels[tap]! | 0) +
          w01 * (pixels[tap + 3]! | 0) +
          w10 * (pixels[tap + stride]! | 0) +
          w11 * (pixels[tap + stride + 3]! | 0);
        into[out + c] = (sum + 512) >> 10;
      }
    }
  }
}

/** From the target plane back to the image. */
function inverse({ a, b, tx, ty }: Similarity): Similarity {
  const determinant = a * a + b * b;
  const inverseA = a / determinant;
  const inverseB = -b / determinant;
  return {
    a: inverseA,
    b: inverseB,
    tx: -(inverseA * tx - inverseB * ty),
    ty: -(inverseB * tx + inverseA * ty),
  };
}

/** In 1/1024 px, halves to even. Clamped to a million pixels, far outside of any image, so that sums of two stay within 32 bits. */
function fixed(pixels: number): number {
  const value = Math.max(-(2 ** 29), Math.min(2 ** 29, pixels * UNIT));
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
