/** The graph to lay out. Nodes come after those that they need. */
export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly needs: readonly string[];
}

/**
 * Layer of each node: below all that it needs, and no layer wider than the room unless one node is. Nodes that are read more often than
 * they read are moved down to their readers, which shortens the lines.
 */
export function assignLayers(nodes: readonly LayoutNode[], room: number, gap: number): Map<string, number> {
  const layers = new Map<string, number>();
  const taken: number[] = [];
  const fits = ({ width }: LayoutNode, layer: number): boolean =>
    (taken[layer] ?? 0) === 0 || taken[layer]! + gap + width <= room;
  const put = (node: LayoutNode, layer: number): void => {
    layers.set(node.id, layer);
    taken[layer] = (taken[layer] ?? 0) + node.width + gap;
  };
  for (const node of nodes) {
    let layer = Math.max(0, ...node.needs.map(need => layers.get(need)! + 1));
    while (!fits(node, layer)) layer++;
    put(node, layer);
  }
  const readers = new Map<string, string[]>();
  for (const { id, needs } of nodes) for (const need of needs) readers.set(need, [...(readers.get(need) ?? []), id]);
  for (const node of [...nodes].reverse()) {
    const reading = readers.get(node.id) ?? [];
    if (reading.length <= node.needs.length) continue;
    const from = layers.get(node.id)!;
    const lowest = Math.min(...reading.map(id => layers.get(id)!)) - 1;
    let to = lowest;
    while (to > from && !fits(node, to)) to--;
    if (to <= from) continue;
    taken[from]! -= node.width + gap;
    put(node, to);
  }
  return layers;
}
