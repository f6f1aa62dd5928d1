/** Line and column of an offset, and the offset where its line ends. */
export function positionsIn(text: string): (offset: number) => { line: number; column: number; lineEnd: number } {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return offset => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    const start = starts[low]!;
    const next = starts[low + 1];
    const end = next === undefined ? text.length : next - (text[next - 2] === '\r' ? 2 : 1);
    return { line: low + 1, column: offset - start + 1, lineEnd: end };
  };
}

/** Editors hide the mark, so it must not shift the columns of the first line. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
