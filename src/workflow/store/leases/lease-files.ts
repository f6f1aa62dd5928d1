import { lstatSync } from 'node:fs';
import { link, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errnoOf, hasNoLinks } from '../../../kit/files/errno';
import { readSealedJson, sealedText } from '../../../kit/files/sealed-json';
import type { Store } from '../layout';
import { temporaryName } from './owner';
import { isThisProcess, judgeProcess, thisProcess, type ProcessIdentity } from './process-identity';
import { quarantine } from '../upkeep/quarantine';
import { FORGOTTEN_AFTER_MS, lastSign, SILENT_FOR_MS } from './signs-of-life';
import { unchangedFor } from './watch';

/** Who makes something now. */
export interface LeaseOwner extends Required<ProcessIdentity> {
  /** Id and absolute folder of the run. */
  readonly run: string;
  readonly runFolder: string;
  readonly step: string;
  /** ISO 8601. */
  readonly since: string;
}

/** `leases/<key>.<number>.json`. Sealed. */
export interface LeaseFile {
  readonly path: string;
  readonly number: number;
  /** Tells it from a later one of the same name; null when the file is damaged or another user's who lets nobody read it. */
  readonly nonce: string | null;
  readonly owner: LeaseOwner;
  /** Ids of the objects that the work under it reads: no collection takes them. */
  readonly reads: readonly string[];
  /** Changes when its holder touches it. */
  readonly mark: string;
  /** Milliseconds since 1970, by the file system's clock. */
  readonly modified: number;
  /** What is wrong with the file. */
  readonly damage?: string;
}

/** Where there are no links, a lease that is being written can be seen for a moment. In milliseconds. */
const WRITTEN_IN_MS = 2000;

const KIND = 'fairdistill-lease';
const UNKNOWN = {
  host: 'unknown',
  pid: 0,
  started: null,
  boot: null,
  namespace: null,
  run: 'unknown',
  runFolder: '',
  step: 'unknown',
};
const HIDDEN = Symbol('hidden');

/** What stands in the file. */
type Written = LeaseOwner & { readonly nonce: string; readonly reads?: readonly string[] };

/** Nonces of the leases that this process holds or is about to hold. */
const held = new Set<string>();

/** The leases of a key, or all. */
export async function listLeases(store: Store, key?: string): Promise<LeaseFile[]> {
  // Others are not ours.
  const all = (await readdir(store.leases)).filter(name => /^[^.].*\.\d+\.json$/.test(name));
  const names = all.filter(name => key === undefined || name.startsWith(`${key}.`));
  return names.flatMap(name => readLease(store, name) ?? []);
}

/**
 * Whether its holder is gone, so that it may be taken over. One of whom nothing certain is known is gone when it has given no sign for 60 s by
 * our own observation, or for a day by the file system's clock.
 */
export function isStale(store: Store, { path, nonce, owner, mark, modified, damage }: LeaseFile): boolean {
  const seenFor = (): number => unchangedFor(store, path, mark);
  if (damage !== undefined) return store.clock.now() - modified > WRITTEN_IN_MS || seenFor() > WRITTEN_IN_MS;
  if (nonce !== null && held.has(nonce)) return false;
  if (isThisProcess(owner)) return true;
  const verdict = judgeProcess(owner);
  if (verdict !== 'unknown') return verdict === 'dead';
  return seenFor() >= SILENT_FOR_MS || store.clock.now() - lastSign(path) >= FORGOTTEN_AFTER_MS;
}

/** Creates a lease. Resolves to undefined when there is one with this number already. */
export async function createLease(
  store: Store,
  key: string,
  number: number,
  { reads, ...about }: Pick<LeaseOwner, 'run' | 'runFolder' | 'step'> & { readonly reads: readonly string[] },
): Promise<LeaseFile | undefined> {
  const since = new Date(store.clock.now()).toISOString();
  const owner: LeaseOwner = { ...thisProcess(), ...about, since };
  const nonce = store.clock.randomName();
  const path = join(store.leases, `${key}.${number}.json`);
  held.add(nonce);
  try {
    await createWhole(store, path, sealedText({ ...owner, kind: KIND, nonce, reads }));
    return { path, number, nonce, owner, reads, mark: '', modified: 0 };
  } catch (error) {
    held.delete(nonce);
    if (errnoOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Takes back a lease of this process. Never rejects: one that cannot be removed counts as stale from now on. */
export async function removeOwn(store: Store, lease: LeaseFile): Promise<void> {
  held.delete(lease.nonce!);
  await removeStale(store, lease).catch(() => undefined);
}

/**
 * Removes a lease that was found stale, unless another one of the same name has come in its place. A damaged one goes to quarantine, but for an
 * empty one: its holder was killed before it wrote, where there are no links.
 */
export async function removeStale(store: Store, { path, nonce, damage }: LeaseFile): Promise<void> {
  if (damage !== undefined && lstatSync(path, { throwIfNoEntry: false })?.size === 0) await rm(path, { force: true });
  else if (damage !== undefined) await quarantine(store, { path, expected: 'a lease', found: damage });
  else if (readLease(store, basename(path))?.nonce === nonce) await rm(path, { force: true });
}

function readLease(store: Store, name: string): LeaseFile | undefined {
  const path = join(store.leases, name);
  // First the content: opening a file makes a network file system ask for its state again.
  const value = readOrHidden(path);
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (value === undefined || stat === undefined) return undefined;
  const number = Number(name.split('.').at(-2));
  const at = {
    path,
    number: Number.isInteger(number) ? number : 0,
    mark: `${stat.mtimeNs} ${stat.ctimeNs}`,
    modified: Number(stat.mtimeMs),
  };
  const nobody = { ...at, nonce: null, reads: [], owner: { ...UNKNOWN, since: new Date(at.modified).toISOString() } };
  if (value === HIDDEN) return nobody;
  const damage = typeof value === 'string' ? value : value['kind'] === KIND ? undefined : 'it is not a lease';
  if (damage !== undefined) return { ...nobody, damage };
  const { nonce, reads, host, pid, started, boot, namespace, run, runFolder, step, since } =
    value as unknown as Written;
  const owner = { host, pid, started, boot, namespace: namespace ?? null, run, runFolder, step, since };
  return { ...at, nonce, reads: Array.isArray(reads) ? reads : [], owner };
}

/** What another user keeps to itself may be a lease: who holds it is not known, and its signs of life can be seen. */
function readOrHidden(path: string): ReturnType<typeof readSealedJson> | typeof HIDDEN {
  try {
    return readSealedJson(path);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return HIDDEN;
    throw error;
  }
}

/** Nobody ever sees a part of the file, unless the file system has no links. */
async function createWhole(store: Store, path: string, text: string): Promise<void> {
  const temporary = join(store.temporary, temporaryName('lease', store.clock.randomName()));
  try {
    await writeFile(temporary, text);
    await link(temporary, path);
  } catch (error) {
    // Or the folder for work in progress is on another disk.
    if (!hasNoLinks(error) && errnoOf(error) !== 'EXDEV') throw error;
    await writeFile(path, text, { flag: 'wx' });
  } finally {
    // Left to the next run if need be: the lease stands by now.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
