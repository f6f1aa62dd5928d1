/** A text in which « and » mark one part, without the marks, and where that part is, counted as people count. */
export function marked(text: string): { text: string; line: number; column: number; length: number } {
  const start = text.indexOf('«');
  const end = text.indexOf('»') - 1;
  const plain = text.replace(/[«»]/g, '');
  const before = plain.slice(0, start).split('\n');
  return { text: plain, line: before.length, column: before.at(-1)!.length + 1, length: end - start };
}
