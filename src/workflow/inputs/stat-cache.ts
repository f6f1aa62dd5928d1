import { join } from 'node:path';
import { readSealedJson, writeSealedJson } from '../../kit/files/sealed-json';
import { errnoOf } from '../../kit/files/errno';
import { silentForMs } from '../../kit/files/file-times';
import { makeFolder } from '../../kit/files/make-folder';
import { sha256Text } from '../../kit/files/sha256';
import type { ListedFile } from './list-files';
import {
  createSealedLines,
  openSealedLines,
  type SealedLines,
  type SealedLinesWriter,
} from '../../kit/files/sealed-lines';

/** What was wrong with a file of the cache. */
export interface CacheDamage {
  /** Absolute. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** It may be whole, but is another user's, and not for this one to read: nothing to move away. */
  readonly isUnreadable?: true;
}

export interface CachePlace {
  readonly folder: string;
  /** Absolute path that was looked at. */
  readonly about: string;
  /** Time of this look, in milliseconds since 1970. */
  readonly now: number;
  /** Called with a damaged file, which it may move away. The file counts as missing. */
  readonly onDamage?: ((damage: CacheDamage) => Promise<unknown>) | undefined;
}

const FORMAT = 2;
const EXPECTED = 'the fingerprints of files outside the store';
const DIGEST_LENGTH = 64;
const DIGEST = /^[0-9a-f]{64}$/;

/** Digest of the whole path, and of what the system said of its files when it was learned. */
export interface KnownDigest {
  readonly stat: string;
  readonly digest: string;
}

export async function knownDigest(place: CachePlace): Promise<KnownDigest | undefined> {
  const path = fileOf(place, 'json');
  const found = await whereReadable(place, path, () => readSealedJson(path));
  if (typeof found === 'string') return damaged(place, path, found);
  const { digest, stat, ...head } = found ?? {};
  const isDigest = typeof digest === 'string' && DIGEST.test(digest) && typeof stat === 'string';
  return isDigest && isUsable(place, head) ? { digest, stat } : undefined;
}

/** Remembers the digest of the whole path. None of its files may change again without a trace: see `isAtRest`. */
export async function rememberDigest(place: CachePlace, known: KnownDigest, name: string): Promise<void> {
  const path = fileOf(place, 'json');
  await whereAllowed(async () => {
    await makeFolder(place.folder);
    await writeSealedJson(path, { ...headOf(place), ...known }, `${path}.${name}.tmp`, { durable: false });
  });
}

/** Digests of files as they were remembered, read beside a list of the files in the same order, so that nothing is held of either. */
export interface KnownFiles {
  /** SHA-256 of a file, in hexadecimal. Has to be asked in the order of the paths. */
  digestOf(file: ListedFile): string | undefined;
  close(): void;
}

export async function openKnownFiles(place: CachePlace): Promise<KnownFiles> {
  const path = fileOf(place, 'files');
  const lines = await whereReadable(place, path, () => openSealedLines(path));
  if (typeof lines === 'string') await damaged(place, path, lines);
  if (typeof lines !== 'object') return NOTHING_KNOWN;
  if (!isUsable(place, parseHead(lines.next()))) {
    lines.close();
    return NOTHING_KNOWN;
  }
  return beside(lines);
}

const NOTHING_KNOWN: KnownFiles = { digestOf: () => undefined, close: () => undefined };

function beside(lines: SealedLines): KnownFiles {
  let line = lines.next();
  return {
    digestOf(file) {
      const entry = entryOf(file);
      for (; line !== undefined; line = lines.next()) {
        const [digest, about] = [line.slice(0, DIGEST_LENGTH), line.slice(DIGEST_LENGTH + 1)];
        if (about === entry) {
          line = lines.next();
          // An earlier version may have stored an unreliable digest.
          return file.isDoubtful === true ? undefined : digest;
        }
        // A line before this file is that of one that is gone, a line behind it that of one that comes.
        if (pathIn(about) > file.path) return undefined;
      }
      return undefined;
    },
    close: () => lines.close(),
  };
}

/** Remembers the digest of files one after another, but for those that may change again without a trace, and for mere names. */
export interface Remembering {
  add(files: readonly ListedFile[], digests: readonly string[]): Promise<void>;
  keep(): Promise<void>;
  /** Removes what was added, unless it was kept. */
  drop(): Promise<void>;
}

export async function startRemembering(place: CachePlace, name: string): Promise<Remembering> {
  const path = fileOf(place, 'files');
  let lines: SealedLinesWriter | undefined;
  await whereAllowed(async () => {
    await makeFolder(place.folder);
    const started = await createSealedLines(path, `${path}.${name}.tmp`);
    try {
      await started.append([JSON.stringify(headOf(place))]);
    } catch (error) {
      // Nobody else would close it.
      await started.drop();
      throw error;
    }
    lines = started;
  });
  return {
    async add(files, digests) {
      await lines?.append(
        files.flatMap((file, index) =>
          !file.isName && isAtRest(file, place) ? [`${digests[index]!} ${entryOf(file)}`] : [],
        ),
      );
    },
    // In a folder where everybody may write, nobody may replace a file of somebody else.
    keep: () => whereAllowed(async () => lines?.keep()),
    drop: async () => lines?.drop(),
  };
}

/** Who may only look at a store has the files read again the next time: what is remembered here is remembered for speed. */
async function whereAllowed(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
  }
}

/** What another user remembers for themselves alone counts as not there. */
async function whereReadable<T>(place: CachePlace, path: string, read: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
    await place.onDamage?.({ path, expected: EXPECTED, found: 'permission was denied', isUnreadable: true });
    return undefined;
  }
}

/** What a file is found by: it changes whenever the file does. */
function entryOf({ stat, path }: ListedFile): string {
  return `${stat} ${JSON.stringify(path)}`;
}

/** The path in what `entryOf` gave. */
function pathIn(entry: string): string {
  return JSON.parse(entry.slice(entry.indexOf('"'))) as string;
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
  await onDamage?.({ path, expected: EXPECTED, found });
}

function fileOf({ folder, about }: CachePlace, ending: 'json' | 'files'): string {
  return join(folder, `${sha256Text(about).slice(0, 32)}.${ending}`);
}
