import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../stage';
import { readSealed, writeSealed } from '../util/sealed-json';
import { sha256Text } from '../util/sha256';
import type { ListedFile } from './list-files';

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

/** What an earlier look at a path has learned when nothing was changing. */
interface Whole {
  /** Of all its files. */
  readonly stat: string;
  readonly digest: string;
}

/** Files changed more recently than this are read again next time; coarse file systems keep times to 2 s. */
const TOO_FRESH_MS = 2000;
const FORMAT = 2;
const DIGEST = /^[0-9a-f]{64}$/;

/** Digest of the whole path, if it was learned from files with this stat. */
export async function knownDigest(place: CachePlace, stat: string): Promise<string | undefined> {
  const { whole } = (await read(place, 'whole')) ?? {};
  const isWhole = isMap(whole) && typeof whole['digest'] === 'string' && DIGEST.test(whole['digest']);
  return isWhole && whole['stat'] === stat ? (whole['digest'] as string) : undefined;
}

/** SHA-256 by `entryOf` each file. */
export async function knownFiles(place: CachePlace): Promise<ReadonlyMap<string, string>> {
  const { files } = (await read(place, 'files')) ?? {};
  const lines = Array.isArray(files) ? files.filter(line => typeof line === 'string') : [];
  return new Map(lines.map(line => [line.slice(64), line.slice(0, 64)]).filter(([, digest]) => DIGEST.test(digest!)) as [string, string][]);
}

/** What a file is found by: it changes whenever the file does. */
export function entryOf({ stat, path }: ListedFile): string {
  return `${stat} ${path}`;
}

/** Remembers the digest of each file, but for those that may change again without a trace. `temporary` is part of a name that nobody else uses. */
export async function rememberFiles(
  place: CachePlace,
  files: readonly ListedFile[],
  digests: readonly string[],
  temporary: string,
): Promise<void> {
  const lines = files.flatMap((file, index) => (isAtRest(file, place) ? [digests[index]! + entryOf(file)] : []));
  await write(place, 'files', lines, temporary);
}

/** Remembers the digest of the whole path, if none of its files may change again without a trace. */
export async function rememberWhole(
  place: CachePlace,
  files: readonly ListedFile[],
  whole: Whole,
  temporary: string,
): Promise<void> {
  if (files.every(file => isAtRest(file, place))) await write(place, 'whole', { ...whole }, temporary);
}

/** A later write within the resolution of the clock would leave the times as they are. */
function isAtRest({ changed }: ListedFile, { now }: CachePlace): boolean {
  return now - changed > TOO_FRESH_MS;
}

type Part = 'whole' | 'files';

async function read(place: CachePlace, part: Part): Promise<Readonly<Record<string, unknown>> | undefined> {
  const path = fileOf(place, part);
  const found = readSealed(path);
  if (typeof found === 'string') {
    await place.onDamage?.({ path, expected: 'what is known of files outside the store', found });
    return undefined;
  }
  // After the clock was set back, a change may get a time that was seen before.
  const isUsable = found?.['format'] === FORMAT && found['about'] === place.about && Number(found['time']) <= place.now;
  return isUsable ? found : undefined;
}

async function write(place: CachePlace, part: Part, value: Json, temporary: string): Promise<void> {
  const path = fileOf(place, part);
  await mkdir(place.folder, { recursive: true });
  const content = { format: FORMAT, about: place.about, time: place.now, [part]: value };
  await writeSealed(path, content, `${path}.${temporary}.tmp`, { indent: 0, durable: false });
}

function fileOf({ folder, about }: CachePlace, part: Part): string {
  const name = sha256Text(about).slice(0, 32);
  return join(folder, part === 'whole' ? `${name}.json` : `${name}.files.json`);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
