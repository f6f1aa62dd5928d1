import { assignLayers, type LayoutNode } from './assign-layers';

/** A node in its layer, or where a line passes through one. */
export interface Item {
  /** The node; of a line that passes, the node where it begins. */
  readonly id: string;
  readonly passes: boolean;
  readonly width: number;
  /** Items of the row above that lead here. */
  readonly from: Item[];
  /** Items of the row below. */
  readonly to: Item[];
  /** Place of the middle. */
  x: number;
}

export type Rows = readonly (readonly Item[])[];

export interface LayoutOptions {
  /** Greatest width of a row. */
  readonly room: number;
  /** Least distance between two items. */
  readonly gap: number;
  /** Width of a line that passes, without the gap. */
  readonly lane: number;
}

/** Nodes in layers, in file order. All lines of one node share a lane where they pass. */
export function makeRows(nodes: readonly LayoutNode[], { room, gap, lane }: LayoutOptions): Item[][] {
  const layers = assignLayers(nodes, room, gap);
  const rows = Array.from({ length: Math.max(-1, ...layers.values()) + 1 }, (): Item[] => []);
  const items = new Map<string, Item>();
  for (const { id, width } of nodes) {
    const item: Item = { id, passes: false, width, from: [], to: [], x: 0 };
    items.set(id, item);
    rows[layers.get(id)!]!.push(item);
  }
  const lanes = new Map<string, Item>();
  const laneAt = (id: string, layer: number): Item => {
    if (layer === layers.get(id)!) return items.get(id)!;
    const key = `${layer} ${id}`;
    const known = lanes.get(key);
    if (known) return known;
    const item: Item = { id, passes: true, width: lane, from: [], to: [], x: 0 };
    lanes.set(key, item);
    rows[layer]!.push(item);
    join(laneAt(id, layer - 1), item);
    return item;
  };
  for (const { id, needs } of nodes) {
    for (const need of needs) join(laneAt(need, layers.get(id)! - 1), items.get(id)!);
  }
  return rows;
}

function join(from: Item, to: Item): void {
  from.to.push(to);
  to.from.push(from);
}
