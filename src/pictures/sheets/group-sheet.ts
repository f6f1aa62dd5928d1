import { contactSheet, type Tile } from './contact-sheet';

/** Gathers a few faces of each group for a contact sheet with one row or more per group. */
export interface GroupSheet {
  /** Keeps a copy of the pixels (RGB, square) when the row of its group has room and the identity is not there yet. */
  offer(face: { readonly group: string; readonly identity: string }, pixels: Uint8Array): void;
  /** A JPEG. Rows are cut to the length of the shortest. */
  draw(title: string): Promise<Buffer>;
}

export function groupSheet(size: number, columns: number): GroupSheet {
  const rows = new Map<string, Map<string, Tile>>();
  return {
    offer({ group, identity }, pixels) {
      const row = rows.get(group) ?? new Map<string, Tile>();
      rows.set(group, row);
      if (row.size >= columns || row.has(identity)) return;
      row.set(identity, { pixels: pixels.slice(), width: size, height: size, label: `${group} ${identity}` });
    },
    draw(title) {
      const length = Math.min(...[...rows.values()].map(row => row.size));
      const tiles = [...rows.values()].flatMap(row => [...row.values()].slice(0, length));
      return contactSheet(tiles, { columns: Math.max(1, rows.size > 0 ? length : 1), title });
    },
  };
}
