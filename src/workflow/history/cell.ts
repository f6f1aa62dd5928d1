/** A text for one cell of a table: on one line, nothing that acts on a terminal, at most so many characters. */
export function cell(text: string, most: number): string {
  // Values of a pipeline may have any length; text far beyond the cell is ignored.
  const plain = Array.from(text.slice(0, 4 * most).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' '));
  return plain.length <= most ? plain.join('') : `${plain.slice(0, most - 1).join('')}…`;
}
