/** Rows with their columns aligned, without spaces at the ends. Columns named in `right` end together instead of beginning together. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const count = Math.max(0, ...rows.map(row => row.length));
  const widths = Array.from({ length: count }, (_, i) => Math.max(...rows.map(row => lengthOf(row[i] ?? ''))));
  return rows.map(row =>
    row
      .map((cell, i) => {
        const spaces = ' '.repeat(widths[i]! - lengthOf(cell));
        return right.includes(i) ? spaces + cell : cell + spaces;
      })
      .join('  ')
      .trimEnd(),
  );
}

export function lengthOf(text: string): number {
  return Array.from(text).length;
}
