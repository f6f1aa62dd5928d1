import type { LayoutNode } from './assign-layers';
import { orderRows } from './order-rows';
import { placeApart } from './place-apart';
import { makeRows, type Item, type LayoutOptions, type Rows } from './rows';

export type { LayoutNode } from './assign-layers';
export type { Item, LayoutOptions, Rows } from './rows';

const SWEEPS = 8;

/**
 * A layered drawing (Sugiyama, Tagawa and Toda 1981): nodes in rows from top to bottom, each below what it needs, in an order with few
 * crossings, at places near their neighbours. Two nodes may reach beyond `room` when one row has too many lanes.
 */
export function layOut(nodes: readonly LayoutNode[], options: LayoutOptions): Rows {
  const rows = orderRows(makeRows(nodes, options));
  for (const row of rows)
    place(
      row,
      row.map(() => 0),
      options,
    );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    const order = rows.map((_, i) => (down ? i : rows.length - 1 - i));
    for (const i of order) {
      place(
        rows[i]!,
        rows[i]!.map(item => meanPlace(down ? item.from : item.to) ?? meanPlace(down ? item.to : item.from) ?? item.x),
        options,
      );
    }
  }
  return rows;
}

/** Right end of the widest row. */
export function widthOf(rows: Rows): number {
  return Math.max(0, ...rows.map(row => (row.length === 0 ? 0 : rightOf(row.at(-1)!))));
}

export function leftOf({ x, width }: Item): number {
  return x - Math.floor(width / 2);
}

export function rightOf(item: Item): number {
  return leftOf(item) + item.width;
}

function place(row: readonly Item[], wanted: readonly number[], { room, gap }: LayoutOptions): void {
  if (row.length === 0) return;
  const apart = row.map((item, i) => {
    const before = row[i - 1];
    return before === undefined ? 0 : Math.ceil(before.width / 2) + gap + Math.floor(item.width / 2);
  });
  const low = Math.floor(row[0]!.width / 2);
  const last = row.at(-1)!;
  const high = room - (last.width - Math.floor(last.width / 2));
  placeApart(wanted, apart, { low, high }).forEach((x, i) => (row[i]!.x = x));
}

function meanPlace(items: readonly Item[]): number | undefined {
  if (items.length === 0) return undefined;
  return items.reduce((sum, { x }) => sum + x, 0) / items.length;
}
