/**
 * For every node of a graph, those that it leads to and that lead back to it, itself included, in the order of the graph (Kosaraju and Sharir
 * 1981). Linear in nodes and edges, and without recursion: a chain can be as long as a file.
 */
export function strongComponents(edges: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const backwards = new Map<string, string[]>([...edges.keys()].map(node => [node, []]));
  for (const [node, targets] of edges) for (const target of targets) backwards.get(target)!.push(node);
  const labels = new Map<string, number>();
  for (const [label, start] of finishedLast(edges).entries()) {
    const stack = labels.has(start) ? [] : [start];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (labels.has(node)) continue;
      labels.set(node, label);
      for (const source of backwards.get(node)!) stack.push(source);
    }
  }
  const members = new Map<number, string[]>();
  for (const node of edges.keys()) {
    const label = labels.get(node)!;
    const group = members.get(label);
    if (group) group.push(node);
    else members.set(label, [node]);
  }
  return new Map([...edges.keys()].map(node => [node, members.get(labels.get(node)!)!]));
}

/** Nodes in the reverse of the order in which a search in depth leaves them. */
function finishedLast(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>();
  const finished: string[] = [];
  for (const start of edges.keys()) {
    if (seen.has(start)) continue;
    seen.add(start);
    const stack = [{ node: start, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const target = edges.get(top.node)![top.next++];
      if (target === undefined) {
        finished.push(top.node);
        stack.pop();
      } else if (!seen.has(target)) {
        seen.add(target);
        stack.push({ node: target, next: 0 });
      }
    }
  }
  return finished.reverse();
}
