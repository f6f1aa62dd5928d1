/** A text in lines of limited width, broken at spaces, those after the first further in. A longer word stays whole. */
export function wrap(text: string, { indent, hanging = indent, width = 80 }: WrapOptions): string {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(hanging);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map(each => `${each}\n`).join('');
}

export interface WrapOptions {
  /** Spaces before the first line. */
  readonly indent: number;
  /** Before the others. */
  readonly hanging?: number;
  readonly width?: number;
}
