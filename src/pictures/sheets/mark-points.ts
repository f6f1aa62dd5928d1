import type { Image } from '../../kit/image';

/** One colour a point, in their order, so that swapped eyes are seen: green, cyan, yellow, magenta, orange. */
const COLOURS = [
  [0, 220, 0],
  [0, 200, 255],
  [255, 230, 0],
  [255, 0, 200],
  [255, 130, 0],
] as const;
const RADIUS = 2;

/** A copy of a picture with dots where points lie: x and y in turn, integer = centre of a pixel. */
export function markPoints<Marked extends Image>(image: Marked, points: readonly number[]): Marked {
  const marked = { ...image, pixels: Uint8Array.from(image.pixels) };
  for (let i = 0; 2 * i < points.length; i++) {
    dot(marked, Math.round(points[2 * i]!), Math.round(points[2 * i + 1]!), COLOURS[i % COLOURS.length]!);
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
