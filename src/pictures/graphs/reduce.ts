interface Node {
  readonly id: string;
  readonly needs: readonly string[];
}

/**
 * By node, what it needs without what follows from the rest: when c needs a and b, and b needs a, then c needs b. Nodes come after what
 * they need; quadratic in their number.
 */
export function withoutImplied(nodes: readonly Node[]): Map<string, string[]> {
  const below = new Map<string, ReadonlySet<string>>();
  const reduced = new Map<string, string[]>();
  for (const { id, needs } of nodes) {
    const known = [...new Set(needs)].filter(need => below.has(need));
    const implied = new Set(known.flatMap(need => [...below.get(need)!]));
    const direct = known.filter(need => !implied.has(need));
    reduced.set(id, direct);
    below.set(id, new Set([...implied, ...direct]));
  }
  return reduced;
}
