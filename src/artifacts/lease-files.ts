import { lstatSync } from 'node:fs';
import { link, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, hasNoLinks } from '../util/errno';
import { readSealed, sealedText } from '../util/sealed-json';
import type { Store } from './layout';
import { isAlive, temporaryName, thisProcess, type ProcessIdentity } from './owner';
import { quarantine } from './quarantine';
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
  /** Tells it from a later one of the same name; null when the file is damaged. */
  readonly nonce: string | null;
  readonly owner: LeaseOwner;
  /** Changes when its holder touches it. */
  readonly mark: string;
  /** Milliseconds since 1970, by the file system's clock. */
  readonly modified: number;
  /** What is wrong with the file. */
  readonly damage?: string;
}

/** A holder on another host that has not moved for so long, by our own observation, is dead. In milliseconds. */
const SILENT_FOR_MS = 60_000;
/** Where there are no links, a lease that is being written can be seen for a moment. In milliseconds. */
const WRITTEN_IN_MS = 2000;

const KIND = 'fairdistill-lease';
const UNKNOWN = { host: 'unknown', pid: 0, started: null, boot: null, run: 'unknown', runFolder: '', step: 'unknown' };

/** Nonces of the leases that this process holds or is about to hold. */
const held = new Set<string>();

/** The leases of a key, or all. */
export async function listLeases(store: Store, key?: string): Promise<LeaseFile[]> {
  const names = (await readdir(store.leases)).filter(name => key === undefined || name.startsWith(`${key}.`));
  return names.flatMap(name => readLease(store, name) ?? []);
}

/** Whether its holder is gone, so that it may be taken over. */
export function isStale(store: Store, { path, nonce, owner, mark, modified }: LeaseFile): boolean {
  if (nonce === null) {
    return store.clock.now() - modified > WRITTEN_IN_MS || unchangedFor(store, path, mark) > WRITTEN_IN_MS;
  }
  const { host, pid, started } = thisProcess();
  if (owner.host !== host) return unchangedFor(store, path, mark) >= SILENT_FOR_MS;
  if (owner.pid === pid && owner.started === started) return !held.has(nonce);
  return !isAlive(owner);
}

/** Creates a lease. Resolves to undefined when there is one with this number already. */
export async function createLease(
  store: Store,
  key: string,
  number: number,
  about: Pick<LeaseOwner, 'run' | 'runFolder' | 'step'>,
): Promise<LeaseFile | undefined> {
  const since = new Date(store.clock.now()).toISOString();
  const owner: LeaseOwner = { ...thisProcess(), ...about, since };
  const nonce = store.clock.randomName();
  const path = join(store.leases, `${key}.${number}.json`);
  held.add(nonce);
  try {
    await createWhole(store, path, sealedText({ ...owner, kind: KIND, nonce }));
    return { path, number, nonce, owner, mark: '', modified: 0 };
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

/** Removes a lease that was found stale, unless another one of the same name has come in its place. A damaged one goes to quarantine. */
export async function removeStale(store: Store, { path, nonce, damage }: LeaseFile): Promise<void> {
  if (damage !== undefined) await quarantine(store, { path, expected: 'a lease', found: damage });
  else if (readLease(store, path.slice(store.leases.length + 1))?.nonce === nonce) await rm(path, { force: true });
}

function readLease(store: Store, name: string): LeaseFile | undefined {
  const path = join(store.leases, name);
  // First the content: opening a file makes a network file system ask for its state anew.
  const value = readSealed(path);
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (value === undefined || stat === undefined) return undefined;
  const number = Number(name.split('.').at(-2));
  const at = { path, number: Number.isInteger(number) ? number : 0, mark: `${stat.mtimeNs} ${stat.ctimeNs}`, modified: Number(stat.mtimeMs) };
  const damage = typeof value === 'string' ? value : value['kind'] === KIND ? undefined : 'it is not a lease';
  if (damage !== undefined) {
    return { ...at, nonce: null, damage, owner: { ...UNKNOWN, since: new Date(at.modified).toISOString() } };
  }
  const { nonce, host, pid, started, boot, run, runFolder, step, since } = value as unknown as LeaseOwner & { nonce: string };
  return { ...at, nonce, owner: { host, pid, started, boot, run, runFolder, step, since } };
}

/** Nobody ever sees a part of the file, unless the file system has no links. */
async function createWhole(store: Store, path: string, text: string): Promise<void> {
  const temporary = join(store.temporary, temporaryName('lease', store.clock.randomName()));
  try {
    await writeFile(temporary, text);
    await link(temporary, path);
  } catch (error) {
    // Or the folder for work in progress lies on another disk.
    if (!hasNoLinks(error) && errnoOf(error) !== 'EXDEV') throw error;
    await writeFile(path, text, { flag: 'wx' });
  } finally {
    // Left to the next run if need be: the lease stands by now.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
