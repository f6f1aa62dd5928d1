import type { Place, SourceFile } from '../checked-pipeline';
import type { Span } from './problem';

interface LineColumn {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** Offset where the line ends. */
  readonly lineEnd: number;
}

/** Of the text of a place, at most. */
const LONGEST_TEXT = 200;

/** Where a span begins. */
export function positionOf({ source, start }: Span): LineColumn {
  const known = finders.get(source);
  if (known) return known(start);
  const find = positionsIn(source.text);
  finders.set(source, find);
  return find(start);
}

/** A span for people, with the part of its text that is on the first line. */
export function placeOf(span: Span): Place {
  const { line, column, lineEnd } = positionOf(span);
  const end = Math.min(span.end, lineEnd, span.start + LONGEST_TEXT);
  return { file: span.source.path, line, column, text: span.source.text.slice(span.start, end) };
}

const finders = new WeakMap<SourceFile, (offset: number) => LineColumn>();

function positionsIn(text: string): (offset: number) => LineColumn {
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
