import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreClock } from '../artifacts/store';
import { UserError } from '../errors';
import { forEachPooled } from '../streams/for-each-pooled';
import { canonicalJson } from '../util/canonical-json';
import { sha256File, sha256Text } from '../util/sha256';
import { writeAtomically } from '../util/write-atomically';
import { listFiles, type ListedFile } from './list-files';
import { readStatCache, TOO_FRESH_MS, type KnownFiles } from './stat-cache';

/** Content of a file or folder outside the store. */
export interface Fingerprint {
  readonly path: string;
  /** `sha256:<hex>`: of the bytes of a file, or of the sorted list of paths and digests of a folder. */
  readonly digest: string;
  readonly files: number;
  /** Changes when any of the files does; see `assertUnchanged`. */
  readonly stat: string;
}

export interface FingerprintOptions {
  /** Where digests are remembered, so that only new and changed files are read. */
  readonly cacheFolder: string;
  /** How many files are read at once. */
  readonly concurrency: number;
  readonly clock: StoreClock;
}

/** Digest of a file or folder outside the store. */
export async function fingerprint(path: string, options: FingerprintOptions): Promise<Fingerprint> {
  const files = listFiles(path);
  const cachePath = join(options.cacheFolder, `${sha256Text(path).slice(0, 32)}.json`);
  const known = await readStatCache(cachePath);
  const digests: string[] = [];
  const remembered: KnownFiles = {};
  let read = 0;
  await forEachPooled(
    files,
    options.concurrency,
    async file => {
      const before = known[file.path];
      if (before?.[0] === file.stat) return before[1];
      read++;
      return sha256File(file.absolute, file.bytes);
    },
    (digest, index) => {
      digests.push(digest);
      const file = files[index]!;
      // A later write within the resolution of the clock would leave the times as they are.
      if (options.clock.now() - modified(file) > TOO_FRESH_MS) remembered[file.path] = [file.stat, digest];
    },
  );
  if (read > 0 || Object.keys(known).length !== files.length) {
    await mkdir(options.cacheFolder, { recursive: true });
    await writeAtomically(cachePath, JSON.stringify(remembered), `${cachePath}.${options.clock.randomName()}.tmp`);
  }
  return { path, digest: `sha256:${combine(files, digests)}`, files: files.length, stat: statOf(files) };
}

/** Throws UserError `input-changed` when the files are no longer those that were fingerprinted. Reads no content. */
export function assertUnchanged(print: Fingerprint): void {
  if (statOf(listFiles(print.path)) === print.stat) return;
  throw new UserError(
    `Cannot keep the result: ${print.path} changed while it was being read; run the same command again when it is at rest`,
    { code: 'input-changed' },
  );
}

function combine(files: readonly ListedFile[], digests: readonly string[]): string {
  if (files.length === 1 && files[0]!.path === '') return digests[0]!;
  return sha256Text(canonicalJson(files.map((file, index) => [file.path, digests[index]])));
}

function statOf(files: readonly ListedFile[]): string {
  return sha256Text(canonicalJson(files.map(file => [file.path, file.stat])));
}

/** Milliseconds since 1970 of the last change. */
function modified(file: ListedFile): number {
  const [, mtime, ctime] = file.stat.split(' ').map(part => Number(part) / 1e6);
  return Math.max(mtime ?? 0, ctime ?? 0);
}
