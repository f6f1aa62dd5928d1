import sharp from 'sharp';
import type { Tile } from '../../data/tiles';
import type { Image } from '../../kit/image';
import type { Landmarks } from './template';

/** A copy of a photograph, at most `edge` pixels wide and high, with its landmarks as points. */
export async function shrinkPhotograph(image: Image, landmarks: Landmarks | undefined, edge: number): Promise<Tile> {
  const { width, height } = image;
  const { data, info } = await sharp(image.pixels, { raw: { width, height, channels: 3 } })
    .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const shrunk = { pixels: data, width: info.width, height: info.height };
  if (landmarks === undefined) return shrunk;
  const points = Array.from(landmarks, (value, i) => {
    const [before, after] = i % 2 === 0 ? [width, info.width] : [height, info.height];
    return ((value + 0.5) * after) / before - 0.5;
  });
  return { ...shrunk, points };
}
