import type { Preprocessing } from '../../data/embedding-set';

/** A face as it is, or its mirror image (left and right swapped). */
export interface FaceView {
  /** RGB, row by row, size x size x 3. */
  readonly pixels: Uint8Array;
  readonly mirrored: boolean;
}

/** Writes one view into an input tensor. */
export type FaceFiller = (tensor: Float32Array, slot: number, view: FaceView) => void;

/** Prepares `Preprocessing`: the returned function fills slot i of a batch, [3, size, size] or [size, size, 3]. */
export function faceFiller({ size, layout, channels, mean, scale }: Preprocessing): FaceFiller {
  const values = Float32Array.from({ length: 256 }, (_, pixel) => (pixel - mean) / scale);
  // Steps between neighbours in the tensor: across, down, and from channel to channel.
  const [across, down, deep] = layout === 'NCHW' ? [1, size, size * size] : [3, 3 * size, 1];
  const [red, blue] = channels === 'RGB' ? [0, 2 * deep] : [2 * deep, 0];
  return (tensor, slot, { pixels, mirrored }) => {
    const start = slot * 3 * size * size;
    for (let y = 0, from = 0; y < size; y++) {
      for (let x = 0; x < size; x++, from += 3) {
        const to = start + y * down + (mirrored ? size - 1 - x : x) * across;
        tensor[to + red] = values[pixels[from]!]!;
        tensor[to + deep] = values[pixels[from + 1]!]!;
        tensor[to + blue] = values[pixels[from + 2]!]!;
      }
    }
  };
}
