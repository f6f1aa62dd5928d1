import { UserError } from '../errors';
import { forEachPooled } from '../streams/for-each-pooled';
import { startThread } from '../streams/thread';
import { hashThread, type FileToHash, type Hashed } from './hash-thread';
import type { ListedFile } from './list-files';

/** What a thread reads at a time: enough to make asking cheap, little enough to keep all of them busy until the end. */
const [FILES_AT_A_TIME, BYTES_AT_A_TIME] = [256, 1 << 24];
/** More would only wait for each other: for the disk, or for the processor. */
const MOST_THREADS = 8;

/**
 * SHA-256 of each file, in hexadecimal, in their order. Files are read in threads, so that the disk is asked for several at once and
 * other work goes on; in constant memory, but for the digests.
 * Rejects with UserError `input-unreadable`, `input-changed` for a file that is not as it was listed.
 */
export async function hashFiles(files: readonly ListedFile[], concurrency: number): Promise<string[]> {
  const parts = cut(files);
  const count = Math.min(concurrency, MOST_THREADS, parts.length);
  const idle = Array.from({ length: count }, () => startThread(hashThread, null));
  const threads = [...idle];
  const digests: string[] = [];
  try {
    await forEachPooled(
      parts,
      Math.max(1, count),
      async part => {
        const thread = idle.pop()!;
        const hashed = await thread.ask(part.map(({ absolute, bytes }): FileToHash => ({ path: absolute, bytes })));
        idle.push(thread);
        return hashed;
      },
      (hashed, index) => {
        hashed.forEach((one, place) => assertHashed(one, parts[index]![place]!.absolute));
        digests.push(...hashed);
      },
    );
    return digests;
  } finally {
    await Promise.all(threads.map(thread => thread.close()));
  }
}

function cut(files: readonly ListedFile[]): ListedFile[][] {
  const parts: ListedFile[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    if (bytes + file.bytes > BYTES_AT_A_TIME || parts.at(-1)!.length === FILES_AT_A_TIME) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(file);
    bytes += file.bytes;
  }
  return parts;
}

function assertHashed(hashed: Hashed, path: string): void {
  if (/^[0-9a-f]{64}$/.test(hashed)) return;
  if (hashed === 'changed' || hashed === 'ENOENT') {
    throw new UserError(`Cannot read ${path}: it changed while it was being read; run the same command again when it is at rest`, {
      code: 'input-changed',
    });
  }
  throw new UserError(`Cannot read ${path}: the system says ${hashed}`, { code: 'input-unreadable' });
}
