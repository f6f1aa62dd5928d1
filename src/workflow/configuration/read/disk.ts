import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';

/** What reading a pipeline asks of the file system. */
export interface Disk {
  /** Absolute path with every link resolved; undefined when nothing is there, or nothing that may be seen. */
  realpath(path: string): string | undefined;
  /** The text of a regular file of at most so many bytes, or why there is none. */
  read(path: string, limit: number): { readonly text: string } | Unreadable;
}

export interface Unreadable {
  readonly text?: undefined;
  readonly reason: 'missing' | 'not-a-file' | 'too-large' | 'not-text' | 'unreadable';
  /** Bytes, for what is too large. */
  readonly bytes?: number;
}

/** The real one. */
export const realDisk: Disk = {
  realpath: path => {
    try {
      return realpathSync.native(path);
    } catch {
      return undefined;
    }
  },
  read: (path, limit) => {
    try {
      const before = statSync(path, { throwIfNoEntry: false });
      if (!before) return { reason: 'missing' };
      if (!before.isFile()) return { reason: 'not-a-file' };
      return readRegular(path, limit);
    } catch {
      return { reason: 'unreadable' };
    }
  },
};

function readRegular(path: string, limit: number): { text: string } | Unreadable {
  // Should a pipe have taken the place of the file, opening it would wait for a writer.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { reason: 'not-a-file' };
    if (stats.size > limit) return { reason: 'too-large', bytes: stats.size };
    // One byte more, to notice a file that has grown or does not report its size.
    const buffer = Buffer.allocUnsafe(limit + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > limit) return { reason: 'too-large', bytes: length };
    const bytes = buffer.subarray(0, length);
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { reason: 'not-text' };
  } finally {
    closeSync(descriptor);
  }
}
