import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors';
import { contactSheet, type Tile } from '../../pictures/sheets/contact-sheet';
import { decodeImage } from '../../faces/decoding/decode';
import { markLandmarks } from '../../faces/alignment/mark-landmarks';
import type { Photograph } from './photographs';

const EDGE = 160;

/** A contact sheet of photographs with their landmarks drawn in, as a JPEG. What cannot be decoded is shown as black. */
export async function photoSheet(photographs: readonly Photograph[]): Promise<Buffer> {
  const tiles: Tile[] = [];
  for (const { file, group, identity, landmarks } of photographs) {
    const label = `${group} ${identity}${landmarks === undefined ? ' (no landmarks)' : ''}`;
    try {
      const photo = await decodeImage(await readFile(file), file);
      tiles.push({ ...(await markLandmarks(photo, landmarks, EDGE)), label });
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
  return contactSheet(tiles, { columns: 6, title: 'Photographs and landmarks' });
}
