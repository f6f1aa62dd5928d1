import { UserError } from '../../errors';
import { startThread, type Thread } from '../../kit/streams/thread';
import { hashThread, type FileToHash, type Hashed } from './hash-thread';
import type { ListedFile } from './list-files';

/** What a thread reads at a time: enough to make asking cheap, little enough to keep all of them busy until the end. */
export const [FILES_AT_A_TIME, BYTES_AT_A_TIME] = [256, 1 << 24];
/** More would only wait for each other: for the disk, or for the processor. */
const MOST_THREADS = 8;
/** Up to here, starting a thread takes longer than the reading. */
const [FEW_FILES, FEW_BYTES] = [64, 1 << 20];

/** Reads files in threads, so that the disk serves several at once and other work continues. */
export interface FileHasher {
  /** So many questions keep every thread busy: of each one is read and another one waits, while an answer is on its way. */
  readonly questionsAtOnce: number;
  /**
   * SHA-256 of each file, in hexadecimal, in their order. At most `FILES_AT_A_TIME` and, but for the last, `BYTES_AT_A_TIME` are asked for at
   * once. Rejects with UserError `input-unreadable`, and `input-changed` for a file that is not as it was listed.
   */
  digestsOf(files: readonly ListedFile[]): Promise<string[]>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/**
 * Holds nothing that grows with the number of files. Threads are started when there is enough to read.
 * @param concurrency number of threads, at least 1; more than 8 are not used
 * @param signal aborting it ends the threads, also in the midst of a large file; then what is asked rejects with its reason
 */
export function openHasher(concurrency: number, signal?: AbortSignal): FileHasher {
  const most = Math.min(concurrency, MOST_THREADS);
  const threads: Thread<readonly FileToHash[], readonly Hashed[]>[] = [];
  let [files, bytes, asked] = [0, 0, 0];
  const stop = (): void => threads.forEach(thread => void thread.close());
  signal?.addEventListener('abort', stop);
  const ask = async (questions: readonly FileToHash[]): Promise<readonly Hashed[]> => {
    files += questions.length;
    bytes += bytesOf(questions);
    if (files <= FEW_FILES && bytes <= FEW_BYTES) return (await hashThread(null, require)(questions)).answer;
    if (threads.length < most) threads.push(startThread(hashThread, null));
    return threads[asked++ % threads.length]!.ask(questions);
  };
  return {
    questionsAtOnce: 2 * most,
    async digestsOf(listed) {
      signal?.throwIfAborted();
      try {
        const answer = await ask(listed.map(({ absolute, bytes: size }) => ({ path: absolute, bytes: size })));
        return answer.map((hashed, index) => digestOf(hashed, listed[index]!));
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    async close() {
      signal?.removeEventListener('abort', stop);
      await Promise.all(threads.map(thread => thread.close()));
    },
  };
}

function bytesOf(files: readonly FileToHash[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
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
