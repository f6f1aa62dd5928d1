/** Five points as x1 y1 … x5 y5: viewer-left eye, viewer-right eye, nose, viewer-left mouth corner, viewer-right mouth corner. */
export type Landmarks = readonly number[] | Float64Array;

/** Where ArcFace's training code puts the five points in a face of 112 x 112 pixels (insightface, face_align.py). */
const ARCFACE_112 = [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041] as const;

/** Edges of aligned faces that can be had, pixels. */
export const FACE_SIZES = [112, 128, 224, 256, 336, 384, 448, 512] as const;

/**
 * The ArcFace template for a face of `size` x `size` pixels, as x1 y1 … x5 y5. A multiple of 112 scales it; a multiple of
 * 128 scales it by size / 128 and moves it 8 px (of 128) to the right, as insightface does. Other sizes are a `RangeError`.
 */
export function arcfaceTemplate(size: number): Float64Array {
  if (!isFaceSize(size)) throw new RangeError(`A face's size must be a multiple of 112 or 128, got ${size}`);
  const ratio = size % 112 === 0 ? size / 112 : size / 128;
  const shift = size % 112 === 0 ? 0 : 8 * ratio;
  return Float64Array.from(ARCFACE_112, (value, i) => value * ratio + (i % 2 === 0 ? shift : 0));
}

export function isFaceSize(size: number): boolean {
  return Number.isInteger(size) && size > 0 && (size % 112 === 0 || size % 128 === 0);
}
