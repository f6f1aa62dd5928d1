export interface ResidualStatistics {
  add(group: string, residual: number): void;
  summary(): Record<string, { readonly mean: number; readonly largest: number }>;
}

/** Mean and largest RMS alignment residual by group, in pixels of the face. A large one betrays landmarks in another order. */
export function residualStatistics(): ResidualStatistics {
  const groups = new Map<string, { sum: number; largest: number; count: number }>();
  return {
    add(group, residual) {
      const found = groups.get(group) ?? { sum: 0, largest: 0, count: 0 };
      groups.set(group, found);
      found.sum += residual;
      found.largest = Math.max(found.largest, residual);
      found.count++;
    },
    summary: () =>
      Object.fromEntries([...groups].map(([name, { sum, largest, count }]) => [name, { mean: sum / count, largest }])),
  };
}
