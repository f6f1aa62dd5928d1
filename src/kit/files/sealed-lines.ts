import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { errnoOf } from './errno';
import { FILE_ONLY } from './file-only';
import { rename } from './rename';

const SEAL = 'sha256:';
const SEAL_LENGTH = SEAL.length + 64 + 1;
const LINE_END = 10;
const CHUNK = 1 << 20;

/** A file of lines that is being written, aside. */
export interface SealedLinesWriter {
  /** None of them has a line end. */
  append(lines: readonly string[]): Promise<void>;
  /** Writes the digest of all lines behind them, and puts the file under its name. */
  keep(): Promise<void>;
  /** Removes what was written, unless it was kept. */
  drop(): Promise<void>;
}

/**
 * Starts a file of lines of text; for what can be made again, because it does not wait for the disk. `temporary` is a path on the same file
 * system that no other process uses.
 */
export async function createSealedLines(path: string, temporary: string): Promise<SealedLinesWriter> {
  const file = await open(temporary, 'w');
  const hash = createHash('sha256');
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    async append(lines) {
      if (lines.length === 0) return;
      const text = `${lines.join('\n')}\n`;
      hash.update(text);
      await file.writeFile(text);
    },
    async keep() {
      await file.writeFile(`${SEAL}${hash.digest('hex')}\n`);
      await close();
      await rename(temporary, path);
    },
    async drop() {
      // The caller needs the earlier error.
      await close().catch(() => undefined);
      await rm(temporary, { force: true }).catch(() => undefined);
    },
  };
}

/** An open file of lines that is as it was written. */
export interface SealedLines {
  /** The next line; undefined behind the last one. */
  next(): string | undefined;
  close(): void;
}

/**
 * Opens a file of lines after reading all of it once, in constant memory. A sentence that says what is wrong when they are not as they were
 * written; undefined when there is none.
 */
export async function openSealedLines(path: string): Promise<SealedLines | string | undefined> {
  const file = openFile(path);
  if (typeof file !== 'number') return file;
  let isKept = false;
  try {
    const end = fstatSync(file).size - SEAL_LENGTH;
    const damage = fstatSync(file).isDirectory() ? 'a folder is in its place' : await checkSeal(file, end);
    if (damage !== undefined) return damage;
    isKept = true;
    return { next: lineReader(file, end), close: () => closeSync(file) };
  } finally {
    if (!isKept) closeSync(file);
  }
}

/** What `openSealedLines` says of a file that is damaged, or undefined. */
export async function damageOfLines(path: string): Promise<string | undefined> {
  const lines = await openSealedLines(path);
  if (typeof lines === 'string') return lines;
  lines?.close();
  return undefined;
}

function openFile(path: string): number | string | undefined {
  try {
    return openSync(path, FILE_ONLY);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR') return 'a folder is in its place';
    if (code === 'ELOOP') return 'a link is in its place';
    throw error;
  }
}

async function checkSeal(file: number, end: number): Promise<string | undefined> {
  if (end < 0) return `it has ${end + SEAL_LENGTH} bytes, which is less than a digest`;
  const hash = createHash('sha256');
  for (let at = 0; at < end; at += CHUNK) {
    hash.update(readPart(file, at, Math.min(CHUNK, end - at)));
    await otherWork();
  }
  const seal = `${SEAL}${hash.digest('hex')}\n`;
  const found = readPart(file, end, SEAL_LENGTH).toString('latin1');
  return found === seal ? undefined : 'its content is not that of its digest';
}

/** Line by line, because parts of one long text would keep all of it in memory. */
function lineReader(file: number, end: number): () => string | undefined {
  let [bytes, start, at] = [Buffer.alloc(0), 0, 0];
  return () => {
    let stop = bytes.indexOf(LINE_END, start);
    while (stop < 0) {
      if (at >= end) return undefined;
      const part = readPart(file, at, Math.min(CHUNK, end - at));
      if (part.length === 0) return undefined;
      at += part.length;
      bytes = Buffer.concat([bytes.subarray(start), part]);
      start = 0;
      stop = bytes.indexOf(LINE_END);
    }
    const line = bytes.toString('utf8', start, stop);
    start = stop + 1;
    return line;
  };
}

/** Shorter where the file ends before. Synchronously: a promise for each part takes longer than reading from the system's cache. */
function readPart(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, at + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}
