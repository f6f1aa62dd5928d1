import { contactSheet, type Tile } from './contact-sheet';

/** Gathers a few faces of each group for a contact sheet with one row or more per group. */
export interface GroupSheet {
  /** Faces that it has. */
  readonly size: number;
  /** Whether the row of the group has room and the identity is not there yet. */
  wants(face: { readonly group: string; readonly identity: string }): boolean;
  /** Keeps a copy of the pixels (RGB, square) of a face that it wants. */
  offer(face: { readonly group: string; readonly identity: string }, pixels: Uint8Array): void;
  /** A JPEG. Rows are cut to the length of the shortest. */
  draw(title: string): Promise<Buffer>;
}

export function groupSheet(size: number, columns: number): GroupSheet {
  const rows = new Map<string, Map<string, Tile>>();
  const wants: GroupSheet['wants'] = ({ group, identity }) => {
    const row = rows.get(group);
    return row === undefined || (row.size < columns && !row.has(identity));
  };
  return {
    get size() {
      return [...rows.values()].reduce((sum, row) => sum + row.size, 0);
    },
    wants,
    offer({ group, identity }, pixels) {
      if (!wants({ group, identity })) return;
      const row = rows.get(group) ?? new Map<string, Tile>();
      rows.set(group, row);
      row.set(identity, { pixels: pixels.slice(), width: size, height: size, label: `${group} ${identity}` });
    },
    draw(title) {
      const length = Math.min(...[...rows.values()].map(row => row.size));
      const tiles = [...rows.values()].flatMap(row => [...row.values()].slice(0, length));
      return contactSheet(tiles, { columns: Math.max(1, rows.size > 0 ? length : 1), title });
    },
  };
}
