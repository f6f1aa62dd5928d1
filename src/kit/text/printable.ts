/**
 * Text without characters that move the cursor, change colours, or show other text than the real one: names of files and errors of libraries
 * may hold anything. Of invisible characters those stay that join letters and emoji.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]|(?![\u200c\u200d])\p{Cf}/gu, character =>
    character === '\n' ? '\n' : character === '\t' ? ' ' : '\uFFFD',
  );
}

/** At most `width` characters, on one line. */
export function clip(text: string, width: number): string {
  const characters = Array.from(printable(text).replaceAll('\n', ' '));
  return characters.length <= width ? characters.join('') : characters.slice(0, Math.max(0, width - 1)).join('') + '…';
}
