import { createHash } from 'node:crypto';
import type { StoreClock } from '../artifacts/store';
import { UserError } from '../errors';
import { hashFiles } from './hash-files';
import { listFiles, type ListOptions, type ListedFile } from './list-files';
import {
  entryOf,
  isAtRest,
  knownDigest,
  knownFiles,
  rememberFiles,
  rememberDigest,
  type CacheDamage,
  type CachePlace,
} from './stat-cache';

/** Content of a file or folder outside the store. */
export interface Fingerprint {
  readonly path: string;
  /** `sha256:<hex>`: of the bytes of a file, or of the sorted list of paths and digests of a folder; an empty folder inside has the digest ''. */
  readonly digest: string;
  readonly files: number;
  /** Changes when any of the files does; see `assertUnchanged`. */
  readonly stat: string;
  /** Files that had changed so shortly before they were read that another change could leave their times as they are. */
  readonly fresh: readonly { readonly file: ListedFile; readonly digest: string }[];
  /** What of the folder counted. */
  readonly view: ListOptions;
}

export interface FingerprintOptions extends ListOptions {
  /** Where digests are remembered, so that only new and changed files are read. */
  readonly cacheFolder: string;
  /** How many files are read at once. */
  readonly concurrency: number;
  readonly clock: StoreClock;
  /** Is told when what was remembered is damaged, and may move that away; then the files are read again. */
  readonly onDamage?: (damage: CacheDamage) => Promise<unknown>;
  /** Aborting it ends the reading; then it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Digest of a file or folder outside the store. Rejects with UserError `input-missing`, `input-unreadable`, `link-out-of-input`,
 * `input-changed`.
 */
export async function fingerprint(path: string, options: FingerprintOptions): Promise<Fingerprint> {
  const { cacheFolder: folder, clock, onDamage, part, within } = options;
  // Before the files are listed: what changes from now on is fresh.
  const about = part === undefined ? path : `${path} (${part.name})`;
  const place: CachePlace = { folder, about, now: clock.now(), onDamage };
  const view = { part, within };
  const files = await listFiles(path, view);
  const stat = statOf(files);
  // An earlier version may have remembered what cannot be told.
  const known = files.some(file => file.isDoubtful) ? undefined : await knownDigest(place, stat);
  const { digest, fresh } =
    known === undefined ? await readDigest(place, files, stat, options) : { digest: known, fresh: [] };
  return { path, digest: `sha256:${digest}`, files: files.filter(file => !file.isName).length, stat, fresh, view };
}

/**
 * Rejects with UserError `input-changed` when the files are no longer those that were fingerprinted. Reads no content but that of files whose
 * times may tell nothing.
 */
export async function assertUnchanged(print: Fingerprint): Promise<void> {
  const isSame = statOf(await listFiles(print.path, print.view)) === print.stat;
  if (isSame && (await haveDigests(print.fresh))) return;
  throw new UserError(
    `Cannot keep the result: ${print.path} changed while it was being read; run the same command again when it is at rest`,
    { code: 'input-changed' },
  );
}

async function haveDigests(fresh: Fingerprint['fresh']): Promise<boolean> {
  const digests = await hashFiles(
    fresh.map(({ file }) => file),
    1,
  );
  return fresh.every(({ digest }, index) => digests[index] === digest);
}

/** Reads what is not remembered. */
async function readDigest(
  place: CachePlace,
  files: readonly ListedFile[],
  stat: string,
  { clock, concurrency, signal }: FingerprintOptions,
): Promise<{ readonly digest: string; readonly fresh: Fingerprint['fresh'] }> {
  const known = await knownFiles(place);
  const contents = files.filter(file => !file.isName);
  const found = known.size === 0 ? [] : contents.map(file => (file.isDoubtful ? undefined : known.get(entryOf(file))));
  const missing = contents.filter((_, index) => found[index] === undefined);
  const read = (await hashFiles(missing, concurrency, signal)).values();
  const digests = contents.map((_, index) => found[index] ?? read.next().value!);
  const each = digests.values();
  const digest = combine(
    files,
    files.map(file => (file.isName ? '' : each.next().value!)),
  );
  if (missing.length > 0 || known.size !== contents.length) {
    await rememberFiles(place, contents, digests, clock.randomName());
  }
  await rememberDigest(place, files, { stat, digest }, clock.randomName());
  const fresh = contents.flatMap((file, index) => (isAtRest(file, place) ? [] : [{ file, digest: digests[index]! }]));
  return { digest, fresh };
}

function combine(files: readonly ListedFile[], digests: readonly string[]): string {
  if (files.length === 1 && files[0]!.path === '') return digests[0]!;
  // The canonical JSON of a list of pairs, without having all of it at once.
  const pair = (file: ListedFile, index: number): string => `[${JSON.stringify(file.path)},"${digests[index]!}"]`;
  return sha256Of(
    files,
    (file, index) => `${index === 0 ? '[' : ','}${pair(file, index)}`,
    files.length === 0 ? '[]' : ']',
  );
}

function statOf(files: readonly ListedFile[]): string {
  return sha256Of(files, ({ path, stat }) => `${stat} ${JSON.stringify(path)}\n`, '');
}

/** So many texts at a time, because a call for each takes longer than the hashing. */
const TEXTS_AT_A_TIME = 4096;

function sha256Of(
  files: readonly ListedFile[],
  textOf: (file: ListedFile, index: number) => string,
  end: string,
): string {
  const hash = createHash('sha256');
  for (let start = 0; start < files.length; start += TEXTS_AT_A_TIME) {
    const some = files.slice(start, start + TEXTS_AT_A_TIME);
    hash.update(some.map((file, index) => textOf(file, start + index)).join(''));
  }
  return hash.update(end).digest('hex');
}
