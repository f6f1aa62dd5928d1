import { join } from 'node:path';
import { readSealed, writeSealed } from '../util/sealed-json';
import { errnoOf } from '../util/errno';
import { silentForMs } from '../util/file-times';
import { makeFolder } from '../util/make-folder';
import { sha256Text } from '../util/sha256';
import type { ListedFile } from './list-files';
import { readSealedLines, writeSealedLines } from './sealed-lines';

/** What was wrong with a file of the cache. */
export interface CacheDamage {
  /** Absolute. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export interface CachePlace {
  readonly folder: string;
  /** Absolute path that was looked at. */
  readonly about: string;
  /** Time of this look, in milliseconds since 1970. */
  readonly now: number;
  /** Is told of a file that is not as it was written, and may move it away. It counts as not there. */
  readonly onDamage?: ((damage: CacheDamage) => Promise<unknown>) | undefined;
}

const FORMAT = 2;
const DIGEST_LENGTH = 64;
const DIGEST = /^[0-9a-f]{64}$/;

/** Digest of the whole path, if it was learned from files with this stat. */
export async function knownDigest(place: CachePlace, stat: string): Promise<string | undefined> {
  const path = fileOf(place, 'json');
  const found = readSealed(path);
  if (typeof found === 'string') return damaged(place, path, found);
  const { digest, ...head } = found ?? {};
  const isDigest = typeof digest === 'string' && DIGEST.test(digest);
  return isDigest && head['stat'] === stat && isUsable(place, head) ? digest : undefined;
}

/** Remembers the digest of the whole path, if none of its files may change again without a trace. */
export async function rememberDigest(
  place: CachePlace,
  files: readonly ListedFile[],
  { stat, digest }: { readonly stat: string; readonly digest: string },
  name: string,
): Promise<void> {
  if (!files.every(file => isAtRest(file, place))) return;
  const path = fileOf(place, 'json');
  await whereAllowed(async () => {
    await makeFolder(place.folder);
    await writeSealed(path, { ...headOf(place), stat, digest }, `${path}.${name}.tmp`, { durable: false });
  });
}

/** SHA-256 by what `entryOf` says of a file. */
export async function knownFiles(place: CachePlace): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  const path = fileOf(place, 'files');
  const lines = await readSealedLines(path);
  if (typeof lines === 'string') await damaged(place, path, lines);
  if (!Array.isArray(lines) || !isUsable(place, parseHead(lines[0]))) return known;
  for (const line of lines.slice(1)) known.set(line.slice(DIGEST_LENGTH + 1), line.slice(0, DIGEST_LENGTH));
  return known;
}

/** Remembers the digest of each file, but for those that may change again without a trace. */
export async function rememberFiles(
  place: CachePlace,
  files: readonly ListedFile[],
  digests: readonly string[],
  name: string,
): Promise<void> {
  const path = fileOf(place, 'files');
  await whereAllowed(async () => {
    await makeFolder(place.folder);
    await writeSealedLines(path, linesOf(place, files, digests), `${path}.${name}.tmp`);
  });
}

/** Who may only look at a store has the files read again the next time: what is remembered here is remembered for speed. */
async function whereAllowed(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
  }
}

/** What a file is found by: it changes whenever the file does. */
export function entryOf({ stat, path }: ListedFile): string {
  return `${stat} ${JSON.stringify(path)}`;
}

function* linesOf(place: CachePlace, files: readonly ListedFile[], digests: readonly string[]): Iterable<string> {
  yield JSON.stringify(headOf(place));
  for (const [index, file] of files.entries()) {
    if (isAtRest(file, place)) yield `${digests[index]!} ${entryOf(file)}`;
  }
}

/** Whether a later write would show. What would not is read again next time, and when a result is kept. */
export function isAtRest({ changed, isDoubtful }: ListedFile, { now }: Pick<CachePlace, 'now'>): boolean {
  return isDoubtful !== true && now - changed > silentForMs();
}

interface Head {
  readonly format: typeof FORMAT;
  readonly about: string;
  readonly time: number;
}

function headOf({ about, now }: CachePlace): Head {
  return { format: FORMAT, about, time: now };
}

/** After the clock was set back, a change may get a time that was seen before. */
function isUsable(place: CachePlace, { format, about, time }: Readonly<Record<string, unknown>>): boolean {
  return format === FORMAT && about === place.about && typeof time === 'number' && time <= place.now;
}

/** Of a line that is as it was written, but perhaps by another version. */
function parseHead(line = 'null'): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(line) as object | null) };
  } catch {
    return {};
  }
}

async function damaged({ onDamage }: CachePlace, path: string, found: string): Promise<undefined> {
  await onDamage?.({ path, expected: 'what is known of files outside the store', found });
}

function fileOf({ folder, about }: CachePlace, ending: 'json' | 'files'): string {
  return join(folder, `${sha256Text(about).slice(0, 32)}.${ending}`);
}
