import { readFile } from 'node:fs/promises';

/** By path relative to the fingerprinted one: what the system said about the file, and its SHA-256. */
export type KnownFiles = Record<string, readonly [stat: string, sha256: string]>;

/** Files changed more recently than this are read again next time; coarse file systems keep times to 2 s. */
export const TOO_FRESH_MS = 2000;

/** What an earlier run learned. A cache that cannot be read is an empty one: it only costs time. */
export async function readStatCache(path: string): Promise<KnownFiles> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (value === null || typeof value !== 'object') return {};
    return Object.assign(Object.create(null) as KnownFiles, value);
  } catch {
    return {};
  }
}
