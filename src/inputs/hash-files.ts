import { UserError } from '../errors';
import { forEachPooled } from '../streams/for-each-pooled';
import { startThread } from '../streams/thread';
import { hashThread, type FileToHash, type Hashed } from './hash-thread';
import type { ListedFile } from './list-files';

/** What a thread reads at a time: enough to make asking cheap, little enough to keep all of them busy until the end. */
const [FILES_AT_A_TIME, BYTES_AT_A_TIME] = [256, 1 << 24];
/** More would only wait for each other: for the disk, or for the processor. */
const MOST_THREADS = 8;
/** Up to here, starting a thread takes longer than the reading. */
const [FEW_FILES, FEW_BYTES] = [64, 1 << 20];

/**
 * SHA-256 of each file, in hexadecimal, in their order. Many or large files are read in threads, so that the disk is asked for several
 * at once and other work goes on; in constant memory, but for the digests.
 * Rejects with UserError `input-unreadable`, and `input-changed` for a file that is not as it was listed.
 * @param concurrency number of threads, at least 1; more than 8 are not used
 * @param signal aborting it ends the threads, also in the midst of a large file
 */
export async function hashFiles(
  files: readonly ListedFile[],
  concurrency: number,
  signal?: AbortSignal,
): Promise<string[]> {
  signal?.throwIfAborted();
  if (files.length <= FEW_FILES && bytesOf(files) <= FEW_BYTES) {
    const { answer } = await hashThread(null, require)(files.map(question));
    return answer.map((hashed, index) => digestOf(hashed, files[index]!));
  }
  return hashInThreads(cut(files), Math.min(concurrency, MOST_THREADS), signal);
}

async function hashInThreads(
  parts: readonly ListedFile[][],
  most: number,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const threads = Array.from({ length: Math.min(most, parts.length) }, () => startThread(hashThread, null));
  const digests: string[] = [];
  const stop = (): void => threads.forEach(thread => void thread.close());
  signal?.addEventListener('abort', stop);
  try {
    await forEachPooled(
      parts,
      // Of each thread one part is read and another one waits, so that none is idle while an answer is on its way.
      2 * threads.length,
      (part, index) => threads[index % threads.length]!.ask(part.map(question)),
      (answer, index) => {
        answer.forEach((hashed, place) => digests.push(digestOf(hashed, parts[index]![place]!)));
      },
    );
    return digests;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(threads.map(thread => thread.close()));
  }
}

function question({ absolute, bytes }: ListedFile): FileToHash {
  return { path: absolute, bytes };
}

function bytesOf(files: readonly ListedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
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

function digestOf(hashed: Hashed, { absolute }: ListedFile): string {
  if (/^[0-9a-f]{64}$/.test(hashed)) return hashed;
  if (hashed !== 'changed' && hashed !== 'ENOENT') {
    throw new UserError(`Cannot read ${absolute}: the system says ${hashed}`, { code: 'input-unreadable' });
  }
  throw new UserError(
    `Cannot read ${absolute}: it changed while it was being read; run the same command again when it is at rest`,
    { code: 'input-changed' },
  );
}
