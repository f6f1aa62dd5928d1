import sharp from 'sharp';
import type { Image } from '../../kit/image';
import type { Landmarks } from './template';

/** One colour a point, in their order, so that swapped eyes are seen: green, cyan, yellow, magenta, orange. */
const COLOURS = [
  [0, 220, 0],
  [0, 200, 255],
  [255, 230, 0],
  [255, 0, 200],
  [255, 130, 0],
] as const;
const RADIUS = 2;

/** A copy of a photograph, at most `edge` pixels wide and high, with dots where the landmarks lie. */
export async function markLandmarks(image: Image, landmarks: Landmarks | undefined, edge: number): Promise<Image> {
  const { width, height } = image;
  const { data, info } = await sharp(image.pixels, { raw: { width, height, channels: 3 } })
    .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const marked = { pixels: data, width: info.width, height: info.height };
  for (const [i, colour] of COLOURS.entries()) {
    if (landmarks === undefined) break;
    // Integer = centre of a pixel, in both.
    const x = Math.round(((landmarks[2 * i]! + 0.5) * info.width) / width - 0.5);
    const y = Math.round(((landmarks[2 * i + 1]! + 0.5) * info.height) / height - 0.5);
    dot(marked, x, y, colour);
  }
  return marked;
}

function dot({ pixels, width, height }: Image, x: number, y: number, colour: readonly number[]): void {
  for (let v = Math.max(0, y - RADIUS); v <= Math.min(height - 1, y + RADIUS); v++) {
    for (let u = Math.max(0, x - RADIUS); u <= Math.min(width - 1, x + RADIUS); u++) {
      const isEdge = Math.abs(u - x) === RADIUS || Math.abs(v - y) === RADIUS;
      pixels.set(isEdge ? [0, 0, 0] : colour, (v * width + u) * 3);
    }
  }
}
