import type { Image } from '../../kit/image';
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
 * @param into `size * size * 3` bytes, RGB, row by row; overwritten
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
      const at = top * stride + left * 3;
      // Weights in 1/1024.
      let w00 = (STEPS - wx) * (STEPS - wy);
      let w01 = wx * (STEPS - wy);
      let w10 = (STEPS - wx) * wy;
      let w11 = wx * wy;
      if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
        const below = at + stride;
        into[out] =
          (w00 * pixels[at]! + w01 * pixels[at + 3]! + w10 * pixels[below]! + w11 * pixels[below + 3]! + 512) >> 10;
        into[out + 1] =
          (w00 * pixels[at + 1]! + w01 * pixels[at + 4]! + w10 * pixels[below + 1]! + w11 * pixels[below + 4]! + 512) >>
          10;
        into[out + 2] =
          (w00 * pixels[at + 2]! + w01 * pixels[at + 5]! + w10 * pixels[below + 2]! + w11 * pixels[below + 5]! + 512) >>
          10;
        continue;
      }
      // A tap outside the image counts as black.
      if (left < 0) w00 = w10 = 0;
      if (left >= width - 1) w01 = w11 = 0;
      if (top < 0) w00 = w01 = 0;
      if (top >= height - 1) w10 = w11 = 0;
      for (let tap = at, c = out; c < out + 3; tap++, c++) {
        // `| 0` turns the undefined beyond the ends of the array, whose weight is 0, into a number.
        const sum =
          w00 * (pixels[tap]! | 0) +
          w01 * (pixels[tap + 3]! | 0) +
          w10 * (pixels[tap + stride]! | 0) +
          w11 * (pixels[tap + stride + 3]! | 0);
        into[c] = (sum + 512) >> 10;
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
