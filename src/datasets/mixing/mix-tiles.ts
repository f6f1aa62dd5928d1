import type { FaceRow, FaceSet } from '../../data/face-set';
import { faceTiles, type Tile, type Tiles } from '../../data/tiles';
import { SOURCES, type Source } from './mix-plan';

const PER_SOURCE = 5;

/** A few faces of a mix: a row per group, real ones left, synthetic ones right. */
export function mixTiles(sets: Readonly<Record<Source, FaceSet>>): {
  offer(source: Source, face: FaceRow): void;
  tiles(): Promise<Tiles>;
} {
  const kept = new Map<string, Readonly<Record<Source, FaceRow[]>>>();
  return {
    offer(source, face) {
      const row = kept.get(face.group) ?? { real: [], synthetic: [] };
      kept.set(face.group, row);
      const faces = row[source];
      if (faces.length < PER_SOURCE && !faces.some(other => other.identity === face.identity)) faces.push(face);
    },
    async tiles() {
      const rows = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
      const tiles: Tile[] = [];
      let columns = 0;
      // Every row has as many of a source, so that the sources stay in columns of their own.
      const lengths = SOURCES.map(source => Math.min(...rows.map(row => row[source].length)));
      for (const row of rows) {
        columns = 0;
        for (const [i, source] of SOURCES.entries()) {
          const wanted = row[source].slice(0, lengths[i]).map(face => ({ row: face.row, label: labelOf(face) }));
          tiles.push(...(await faceTiles(sets[source], wanted)));
          columns += wanted.length;
        }
      }
      return { columns: Math.max(1, columns), tiles };
    },
  };
}

function labelOf({ group, identity }: FaceRow): string {
  return `${group} ${identity}`;
}
