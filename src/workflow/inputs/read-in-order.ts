import { setImmediate as otherWork } from 'node:timers/promises';
import { forEachPooled } from '../../kit/streams/for-each-pooled';
import { BYTES_AT_A_TIME, FILES_AT_A_TIME, type FileHasher } from './hash-files';
import type { ListedFile } from './list-files';
import type { KnownFiles } from './stat-cache';

/**
 * Has the digests of files one after another, some at a time: those that are known as they are, and the others by reading them. The digest of a
 * name is ''.
 * @param take called with the next files and their digests, in their order
 */
export async function readInOrder(
  files: Iterable<ListedFile>,
  known: Pick<KnownFiles, 'digestOf'>,
  hasher: Pick<FileHasher, 'digestsOf' | 'questionsAtOnce'>,
  take: (files: readonly ListedFile[], digests: readonly string[]) => Promise<void> | void,
): Promise<void> {
  await forEachPooled(
    cut(files, known),
    hasher.questionsAtOnce,
    async part => ({ files: part.files, digests: await digestsOf(part, hasher) }),
    part => take(part.files, part.digests),
  );
}

interface Part {
  readonly files: ListedFile[];
  /** Undefined for what has to be read. */
  readonly digests: (string | undefined)[];
}

async function* cut(files: Iterable<ListedFile>, known: Pick<KnownFiles, 'digestOf'>): AsyncGenerator<Part, void> {
  let part: Part = { files: [], digests: [] };
  let bytes = 0;
  for (const file of files) {
    const digest = file.isName ? '' : known.digestOf(file);
    const toRead = digest === undefined ? file.bytes : 0;
    if (part.files.length === FILES_AT_A_TIME || (bytes > 0 && bytes + toRead > BYTES_AT_A_TIME)) {
      yield part;
      await otherWork();
      part = { files: [], digests: [] };
      bytes = 0;
    }
    part.files.push(file);
    part.digests.push(digest);
    bytes += toRead;
  }
  if (part.files.length > 0) yield part;
}

async function digestsOf({ files, digests }: Part, hasher: Pick<FileHasher, 'digestsOf'>): Promise<string[]> {
  const missing = files.filter((_, index) => digests[index] === undefined);
  const read = (missing.length === 0 ? [] : await hasher.digestsOf(missing)).values();
  return digests.map(digest => digest ?? read.next().value!);
}
