import { createHash } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { StoreClock } from '../store';
import { UserError } from '../../errors';
import { openHasher } from './hash-files';
import { listFiles, type ListOptions, type ListedFile } from './list-files';
import { readInOrder } from './read-in-order';
import {
  isAtRest,
  knownDigest,
  openKnownFiles,
  rememberDigest,
  startRemembering,
  type CacheDamage,
  type CachePlace,
} from './stat-cache';
import { insideLook, movedInside, movedOn, wayTo, type Inside, type Way } from './way';

/** Content of a file or folder outside the store. */
export interface Fingerprint {
  readonly path: string;
  /** `sha256:<hex>`: of the bytes of a file, or of the sorted list of paths and digests of a folder; an empty folder inside has the digest ''. */
  readonly digest: string;
  readonly files: number;
  /** Changes when any of the files does; see `assertUnchanged`. */
  readonly stat: string;
  /** Of the files that had changed so shortly before they were read that another change could leave their times as they are. */
  readonly fresh: Fresh | undefined;
  /** What of the folder counted. */
  readonly view: ListOptions;
  /** What led to it, and to the files in it. */
  readonly way: Way;
  readonly inside: Inside;
}

/** Files may all be so: after a copy, or where the clock of a server goes fast. */
interface Fresh {
  /** When they were looked at, in milliseconds since 1970. */
  readonly now: number;
  /** Of their paths and contents. */
  readonly digest: string;
}

export interface FingerprintOptions extends ListOptions {
  /** Where digests are remembered, so that only new and changed files are read. */
  readonly cacheFolder: string;
  /** How many files are read at once. */
  readonly concurrency: number;
  readonly clock: StoreClock;
  /** Called when the fingerprints are damaged, and may move them away; then the files are read again. */
  readonly onDamage?: (damage: CacheDamage) => Promise<unknown>;
  /** Aborting it ends the reading; then it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Digest of a file or folder outside the store. Holds nothing that grows with the number of files, but for the names in the folders on the way
 * to one. Rejects with UserError `input-missing`, `input-unreadable`, `link-out-of-input`, `input-changed`.
 */
export async function fingerprint(path: string, options: FingerprintOptions): Promise<Fingerprint> {
  const { cacheFolder: folder, clock, onDamage, part, within, signal } = options;
  // Before the files are listed: what changes from now on is fresh.
  const about = part === undefined ? path : `${path} (${part.name})`;
  const place: CachePlace = { folder, about, now: clock.now(), onDamage };
  const view = { part, within };
  const way = wayTo(path);
  const known = await knownDigest(place);
  if (known !== undefined) {
    const { stat, files, isDoubtful, inside } = await lookAt(path, view, signal);
    // An earlier version may have stored an unreliable digest.
    if (stat === known.stat && !isDoubtful)
      return { path, digest: `sha256:${known.digest}`, files, stat, fresh: undefined, view, way, inside };
  }
  return { path, view, way, ...(await readDigest(path, place, options)) };
}

/**
 * Rejects with UserError `input-changed` when the files are no longer those that were fingerprinted, or the path may have led to other files
 * meanwhile. Reads only files whose times may not show a change.
 */
export async function assertUnchanged(print: Fingerprint): Promise<void> {
  const change = await changeIn(print);
  if (change === undefined) return;
  throw new UserError(
    `Cannot keep the result: ${change} while it was being read; run the same command again when it is at rest`,
    { code: 'input-changed' },
  );
}

async function changeIn({ path, view, stat, fresh, way, inside }: Fingerprint): Promise<string | undefined> {
  const now = await lookAt(path, view);
  if (now.stat !== stat) return `${path} changed`;
  if (fresh !== undefined && (await digestOfFresh(path, view, fresh.now)) !== fresh.digest) return `${path} changed`;
  const moved = movedOn(way, wayTo(path));
  if (moved !== undefined) return `${moved}, which leads to ${path}, was moved or replaced`;
  return movedInside(inside, now.inside) ? `a folder or link in ${path} was moved or replaced` : undefined;
}

/** So many files are looked at before anything else has its turn: about 3 ms on a local disk. */
const AT_ONCE = 1000;

/** Digest of what the system says of every file, how many there are, and whether one could change and look the same. */
async function lookAt(
  path: string,
  view: ListOptions,
  signal?: AbortSignal,
): Promise<Pick<Fingerprint, 'stat' | 'files' | 'inside'> & { readonly isDoubtful: boolean }> {
  const [stats, look] = [textDigest(), insideLook()];
  let [files, looked, isDoubtful] = [0, 0, false];
  for (const file of listFiles(path, view, look)) {
    stats.add(statLine(file));
    isDoubtful ||= file.isDoubtful === true;
    if (!file.isName) files++;
    if (++looked % AT_ONCE !== 0) continue;
    signal?.throwIfAborted();
    await otherWork();
  }
  return { stat: stats.end(''), files, isDoubtful, inside: look.end() };
}

/** Reads what is not remembered, and remembers it. */
async function readDigest(
  path: string,
  place: CachePlace,
  { clock, concurrency, signal, part, within }: FingerprintOptions,
): Promise<Omit<Fingerprint, 'path' | 'view' | 'way'>> {
  const [stats, contents, fresh, look] = [textDigest(), pairsDigest(), pairsDigest(), insideLook()];
  let [files, single] = [0, ''];
  const known = await openKnownFiles(place);
  const hasher = openHasher(concurrency, signal);
  try {
    const remembering = await startRemembering(place, clock.randomName());
    try {
      await readInOrder(listFiles(path, { part, within }, look), known, hasher, async (read, digests) => {
        for (const [index, file] of read.entries()) {
          stats.add(statLine(file));
          contents.add(file.path, digests[index]!);
          if (file.isName) continue;
          files++;
          if (file.path === '') single = digests[index]!;
          if (!isAtRest(file, place)) fresh.add(file.path, digests[index]!);
        }
        await remembering.add(read, digests);
      });
      await remembering.keep();
    } finally {
      await remembering.drop();
    }
  } finally {
    known.close();
    await hasher.close();
  }
  const [stat, digest, inside] = [stats.end(''), single || contents.end(), look.end()];
  if (fresh.count() > 0)
    return { digest: `sha256:${digest}`, files, stat, inside, fresh: { now: place.now, digest: fresh.end() } };
  await rememberDigest(place, { stat, digest }, clock.randomName());
  return { digest: `sha256:${digest}`, files, stat, inside, fresh: undefined };
}

async function digestOfFresh(path: string, view: ListOptions, now: number): Promise<string> {
  const fresh = pairsDigest();
  const hasher = openHasher(1);
  const isFresh = (file: ListedFile): boolean => !file.isName && !isAtRest(file, { now });
  try {
    const others = { digestOf: (file: ListedFile) => (isFresh(file) ? undefined : '') };
    await readInOrder(listFiles(path, view), others, hasher, (files, digests) => {
      for (const [index, file] of files.entries()) if (isFresh(file)) fresh.add(file.path, digests[index]!);
    });
  } finally {
    await hasher.close();
  }
  return fresh.end();
}

function statLine({ stat, path }: ListedFile): string {
  return `${stat} ${JSON.stringify(path)}\n`;
}

/** Of the canonical JSON of a list of pairs of a path and a digest, without having all of it at once. */
function pairsDigest() {
  const text = textDigest();
  let count = 0;
  return {
    add(path: string, digest: string): void {
      text.add(`${count++ === 0 ? '[' : ','}[${JSON.stringify(path)},"${digest}"]`);
    },
    count: (): number => count,
    end: (): string => text.end(count === 0 ? '[]' : ']'),
  };
}

/** So many texts at a time, because a call for each takes longer than the hashing. */
const TEXTS_AT_A_TIME = 1024;

/** SHA-256 in hexadecimal of texts one behind the other. */
function textDigest() {
  const hash = createHash('sha256');
  let some: string[] = [];
  return {
    add(text: string): void {
      if (some.push(text) < TEXTS_AT_A_TIME) return;
      hash.update(some.join(''));
      some = [];
    },
    end: (last: string): string => hash.update(some.join('') + last).digest('hex'),
  };
}
