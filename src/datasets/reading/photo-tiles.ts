import { readFile } from 'node:fs/promises';
import type { Tile, Tiles } from '../../data/tiles';
import { UserError } from '../../errors';
import { shrinkPhotograph } from '../../faces/alignment/shrink-photograph';
import { decodeImage } from '../../faces/decoding/decode';
import type { Photograph } from '../layouts/layout';

const EDGE = 160;

/** Photographs in small, with their landmarks. What cannot be decoded is shown as black. */
export async function photoTiles(photographs: readonly Photograph[]): Promise<Tiles> {
  const tiles: Tile[] = [];
  for (const { file, group, identity, landmarks } of photographs) {
    const label = `${group} ${identity}${landmarks === undefined ? ' (no landmarks)' : ''}`;
    try {
      const photo = await decodeImage(await readFile(file), file);
      tiles.push({ ...(await shrinkPhotograph(photo, landmarks, EDGE)), label });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tiles.push({
        pixels: new Uint8Array(EDGE * EDGE * 3),
        width: EDGE,
        height: EDGE,
        label: `${label} ${error.code}`,
      });
    }
  }
  return { columns: 6, tiles };
}
