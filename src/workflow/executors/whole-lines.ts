import { StringDecoder } from 'node:string_decoder';

/** Makes lines of what a process prints. */
export interface WholeLines {
  take(bytes: Buffer): void;
  /** Passes on what has no end. */
  end(): void;
}

/** In characters. Some programs never end a line. */
const LONGEST = 1 << 16;

/**
 * Passes on whole lines, some at a time: a pipe cuts text anywhere, and neither a letter nor a secret could be known by its half. A line
 * beyond 65,536 characters is passed on in pieces, which are marked by `…` where they were cut.
 */
export function wholeLines(pass: (text: string) => void): WholeLines {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const passSome = (text: string): void => {
    rest += text;
    // A program that draws over its line ends it with a carriage return.
    const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r')) + 1;
    if (end > 0) pass(rest.slice(0, end));
    rest = rest.slice(end);
    while (rest.length > LONGEST) {
      pass(`${rest.slice(0, LONGEST)}…\n`);
      rest = `…${rest.slice(LONGEST)}`;
    }
  };
  return {
    take: bytes => passSome(decoder.write(bytes)),
    end: () => {
      passSome(decoder.end());
      if (rest !== '') pass(rest);
      rest = '';
    },
  };
}

/** The end of a text, from the beginning of a line on; from a place within, marked by `…`, where the last line is longer than `most`. */
export function lastLines(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.slice(-most);
  const line = end.indexOf('\n') + 1;
  return line > 0 && line < end.length ? end.slice(line) : `…${end}`;
}
