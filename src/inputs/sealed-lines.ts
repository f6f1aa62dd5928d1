import { createHash } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { errnoOf } from '../util/errno';
import { FILE_ONLY } from '../util/file-only';
import { rename } from '../util/rename';

const SEAL = 'sha256:';
const SEAL_LENGTH = SEAL.length + 64 + 1;
const LINE_END = 10;
/** Lines that are written with one call. */
const AT_A_TIME = 4096;

/**
 * Writes lines of text and their digest behind them, aside and then under the name; for what can be made again, because it does not
 * wait for the disk. Needs no memory for all of them. `temporary` is a path on the same file system that nobody else uses.
 * @param lines none of them with a line end
 */
export async function writeSealedLines(path: string, lines: Iterable<string>, temporary: string): Promise<void> {
  try {
    const file = await open(temporary, 'w');
    try {
      const hash = createHash('sha256');
      for (const text of joined(lines)) {
        hash.update(text);
        await file.writeFile(text);
      }
      await file.writeFile(`${SEAL}${hash.digest('hex')}\n`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // What went wrong first is what the caller must hear.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The lines; a sentence that says what is wrong when they are not as they were written; undefined when there are none. */
export async function readSealedLines(path: string): Promise<string[] | string | undefined> {
  let octets: Buffer;
  try {
    octets = await readFile(path, { flag: FILE_ONLY });
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR') return 'a folder is in its place';
    if (code === 'ELOOP') return 'a link is in its place';
    throw error;
  }
  const end = octets.length - SEAL_LENGTH;
  if (end < 0) return `it has ${octets.length} bytes, which is less than a digest`;
  const seal = `${SEAL}${createHash('sha256').update(octets.subarray(0, end)).digest('hex')}\n`;
  if (octets.toString('latin1', end) !== seal) return 'its content is not that of its digest';
  return cut(octets.subarray(0, end));
}

function* joined(lines: Iterable<string>): Iterable<string> {
  let some: string[] = [];
  for (const line of lines) {
    some.push(`${line}\n`);
    if (some.length < AT_A_TIME) continue;
    yield some.join('');
    some = [];
  }
  yield some.join('');
}

/** Line by line, because parts of one long text would keep all of it in memory. */
function cut(octets: Buffer): string[] {
  const lines: string[] = [];
  for (let start = 0; start < octets.length;) {
    const end = octets.indexOf(LINE_END, start);
    lines.push(octets.toString('utf8', start, end));
    start = end + 1;
  }
  return lines;
}
