import { join, resolve } from 'node:path';
import { makeFolder } from '../../kit/files/make-folder';
import type { Action } from './actions/action';
import { actionPath, parseAction } from './actions/actions';
import { settled } from './upkeep/collecting';
import { removeFinished } from './actions/finished';
import type { Store, StoreClock } from './layout';
import { isStale, listLeases, removeStale } from './leases/lease-files';
import type { Manifest } from './objects/manifest';
import { checkObject, objectFolder } from './objects/objects';
import { removeAbandoned } from './leases/owner';
import { quarantine } from './upkeep/quarantine';
import { inStorage } from './storage-error';

export { listActions, readAction } from './actions/actions';
export type { Store, StoreClock } from './layout';

/** A finished artifact. */
export interface Artifact {
  /** Absolute. */
  readonly folder: string;
  /** What the folder holds, and what made it first. */
  readonly manifest: Manifest;
  /** The work that it is the result of. */
  readonly action: Action;
}

export type Lookup =
  /** `strangers`: paths in its folder that do not belong to it, and are ignored. */
  | { readonly found: true; readonly artifact: Artifact; readonly strangers: readonly string[] }
  /** `damage` says what was wrong with what was moved to quarantine. */
  | { readonly found: false; readonly damage?: string };

/** Makes the folders and removes what killed runs have left. */
export async function openStore(root: string, clock: StoreClock): Promise<Store> {
  const absolute = resolve(root);
  const hidden = join(absolute, '.store');
  const store: Store = {
    root: absolute,
    hidden,
    objects: join(hidden, 'objects'),
    actions: join(hidden, 'actions'),
    verified: join(hidden, 'verified'),
    leases: join(hidden, 'leases'),
    checkpoints: join(hidden, 'checkpoints'),
    temporary: join(hidden, 'tmp'),
    failed: join(hidden, 'failed'),
    quarantine: join(hidden, 'quarantine'),
    fingerprints: join(hidden, 'fingerprints'),
    clock,
  };
  await inStorage(absolute, async () => {
    const { objects, actions, verified, leases, checkpoints, temporary, fingerprints } = store;
    for (const folder of [objects, actions, verified, leases, checkpoints, temporary, fingerprints]) {
      await makeFolder(folder);
    }
    await removeAbandoned(store);
    for (const lease of await listLeases(store)) {
      // A damaged one is left to the process that wants the lease: it may be one that is just being written.
      if (lease.damage === undefined && isStale(store, lease)) await removeStale(store, lease).catch(() => undefined);
    }
    await removeFinished(store);
  });
  return store;
}

/**
 * Looks up the result of the work with this key, and checks it: see `checkObject`. What is damaged is moved to quarantine, with a report
 * beside it, and counts as not there.
 */
export async function findArtifact(store: Store, key: string): Promise<Lookup> {
  return inStorage(store.root, async () => {
    const {
      action,
      manifest,
      damage,
      strangers = [],
    } = await settled(
      store,
      found => found.damage !== undefined,
      () => look(store, key),
    );
    if (damage !== undefined) {
      if (action === undefined || manifest !== undefined) {
        await withdraw(store, key, damage);
        return { found: false, damage: action === undefined ? `the record of its action: ${damage}` : damage };
      }
      const { object } = action;
      // In this order: a kill in between must not leave a record of work whose result is gone.
      await withdraw(store, key, `its object ${object} is damaged: ${damage}`);
      const expected = `the object ${object}, as its manifest describes it`;
      await quarantine(store, { path: objectFolder(store, object), expected, found: damage });
      return { found: false, damage };
    }
    if (action === undefined || manifest === undefined) return { found: false };
    return { found: true, artifact: { folder: objectFolder(store, action.object), manifest, action }, strangers };
  });
}

/** What there is, and in one sentence what is wrong with it: the record, where there is no action, or the object, where there is one. */
interface Looked {
  readonly action?: Action;
  /** Of an object that is sound by itself. */
  readonly manifest?: Manifest;
  readonly damage?: string;
  readonly strangers?: readonly string[];
}

async function look(store: Store, key: string): Promise<Looked> {
  const action = parseAction(store, key);
  if (action === undefined) return {};
  if (typeof action === 'string') return { damage: action };
  let strangers: readonly string[] = [];
  const manifest = await checkObject(store, action.object, { onStrangers: paths => (strangers = paths) });
  if (typeof manifest === 'string') return { action, damage: manifest };
  if (manifest.digest === action.digest) return { action, manifest, strangers };
  return {
    action,
    manifest,
    damage: `its object ${action.object} has the digest ${manifest.digest} instead of ${action.digest}`,
  };
}

async function withdraw(store: Store, key: string, found: string): Promise<void> {
  await quarantine(store, {
    path: actionPath(store, key),
    expected: `the record of the action ${key}, with its result`,
    found,
  });
}
