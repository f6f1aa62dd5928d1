import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError, messageOf } from '../../errors';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Separated by tabs where the line has one, else by white space; without surrounding white space. */
  readonly fields: readonly string[];
}

/**
 * The lines of a text file that are not empty, one at a time. Errors with `unreadable-file` (`UserError`), also for a file that is not
 * written in UTF-8: editors on Windows write UTF-16, whose letters come with zeros.
 */
export async function* numberedLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
      number++;
      if (line.includes('\0')) throw notText(path, number);
      // Editors on Windows put a mark at the beginning of the file.
      const text = (number === 1 ? line.replace(/^\uFEFF/, '') : line).trim();
      if (text === '') continue;
      yield { number, fields: text.includes('\t') ? text.split('\t').map(field => field.trim()) : text.split(/\s+/) };
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Cannot read ${path}: ${messageOf(error)}`, { code: 'unreadable-file', cause: error });
  }
}

function notText(path: string, line: number): UserError {
  return new UserError(
    `Cannot read ${path}: line ${line} holds bytes that are 0, as UTF-16 does; want UTF-8: save the file as that`,
    {
      code: 'unreadable-file',
    },
  );
}
