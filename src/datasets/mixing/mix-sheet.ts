import { contactSheet, type Tile } from '../../pictures/sheets/contact-sheet';
import type { FaceRow, FaceSet } from '../../data/face-set';
import { SOURCES, type Source } from './mix-plan';

const PER_SOURCE = 5;

/** Faces for a contact sheet of a mix: a row per group, real ones left, synthetic ones right. */
export function mixSheet(sets: Readonly<Record<Source, FaceSet>>): {
  offer(source: Source, face: FaceRow): void;
  draw(): Promise<Buffer>;
} {
  const kept = new Map<string, Readonly<Record<Source, FaceRow[]>>>();
  return {
    offer(source, face) {
      const row = kept.get(face.group) ?? { real: [], synthetic: [] };
      kept.set(face.group, row);
      const faces = row[source];
      if (faces.length < PER_SOURCE && !faces.some(other => other.identity === face.identity)) faces.push(face);
    },
    async draw() {
      const rows = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
      const tiles: Tile[] = [];
      let columns = 0;
      // Every row has as many of a source, so that the sources stay in columns of their own.
      const lengths = SOURCES.map(source => Math.min(...rows.map(row => row[source].length)));
      for (const row of rows) {
        columns = 0;
        for (const [i, source] of SOURCES.entries()) {
          for (const face of row[source].slice(0, lengths[i])) {
            tiles.push(await tileOf(sets[source], face));
            columns++;
          }
        }
      }
      return contactSheet(tiles, { columns: Math.max(1, columns), title: 'Mix: real left, synthetic right' });
    },
  };
}

async function tileOf(set: FaceSet, { row, group, identity }: FaceRow): Promise<Tile> {
  const pixels = new Uint8Array(set.size * set.size * 3);
  await set.readPixels(row, pixels);
  return { pixels, width: set.size, height: set.size, label: `${group} ${identity}` };
}
