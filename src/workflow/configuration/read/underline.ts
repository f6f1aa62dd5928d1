import { escapeInvisible } from '../../../kit/text/quote';

/** Columns of a source line that are shown. */
const WIDTH = 100;

/** A window of a line round the marked part, as a terminal can show it, and the squiggle below it. */
export function underline(line: string, start: number, length: number): [string, string] {
  const end = start + length;
  // Cut by units before looking at characters: a line can be as long as the file.
  const from = wholeCharacter(line, Math.max(0, start - WIDTH / 2));
  const to = wholeCharacter(line, Math.min(line.length, Math.max(from + WIDTH, start + WIDTH / 2)));
  const before = cells(line.slice(from, start));
  const marked = cells(line.slice(start, Math.min(end, to)));
  const after = cells(line.slice(Math.min(end, to), to));
  const [left, right] = [from > 0 ? '…' : '', to < line.length ? '…' : ''];
  const source = `${left}${before.text}${marked.text}${after.text}${right}`;
  return [source, ' '.repeat(left.length + before.width) + '~'.repeat(Math.max(1, marked.width))];
}

/** Does not cut a surrogate pair. */
function wholeCharacter(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff && index > 0 ? index - 1 : index;
}

/** Text as a terminal can show it, and the columns that it takes there. */
function cells(text: string): { text: string; width: number } {
  let [shown, width] = ['', 0];
  for (const char of text) {
    const [visible, columns] = cell(char);
    shown += visible;
    width += columns;
  }
  return { text: shown, width };
}

function cell(char: string): [string, number] {
  if (char === '\t') return ['  ', 2];
  const escaped = escapeInvisible(char);
  if (escaped !== char) return [escaped, escaped.length];
  if (/\p{Mark}/u.test(char)) return [char, 0];
  return [char, WIDE.test(char) ? 2 : 1];
}

/** East Asian Width W and F (Unicode UAX 11), in the ranges that occur in text, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
