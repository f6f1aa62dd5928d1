import { lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../util/errno';
import { rename } from '../util/rename';
import { syncFolder } from '../util/write-atomically';
import { actionPath, listActions } from './actions';
import type { Store } from './layout';
import { isStale, listLeases } from './lease-files';
import { readManifest } from './manifest';
import { marksPath } from './marks';
import { objectFolder } from './objects';
import { temporaryName } from './owner';
import { reasonsToKeep, type CollectionRoots, type Inventory } from './roots';
import { inStorage } from './storage-error';

export type { CollectionRoots } from './roots';

export interface CollectionPlan {
  readonly keep: readonly KeptObject[];
  readonly remove: readonly StoredObject[];
  /** Absolute paths: checkpoints that nobody needs any more, what failed stages have left, files that were never put in their place. */
  readonly leftovers: readonly string[];
  /** Of the objects that are removed, and the seconds that making them took. */
  readonly bytes: number;
  readonly seconds: number;
}

export interface StoredObject {
  readonly object: string;
  readonly bytes: number;
  /** What making it took; 0 where its manifest does not say. */
  readonly seconds: number;
  /** `kd-mixed/embed`; null where its manifest cannot be read. */
  readonly step: string | null;
  /** Keys of the work that it is the result of. */
  readonly keys: readonly string[];
}

export interface KeptObject extends StoredObject {
  readonly why: string;
}

export interface Collected {
  readonly objects: number;
  readonly bytes: number;
  /** Ids of objects that somebody came to need meanwhile. */
  readonly spared: readonly string[];
}

/** Says what a collection would remove, and why it keeps what it keeps. Removes nothing. */
export async function planCollection(store: Store, roots: CollectionRoots): Promise<CollectionPlan> {
  return inStorage(store.root, async () => {
    const inventory = await takeInventory(store);
    const reasons = reasonsToKeep(store, roots, inventory);
    const objects = [...inventory.manifests.keys()].map(object => describe(store, object, inventory));
    const remove = objects.filter(({ object }) => !reasons.has(object));
    return {
      keep: objects.flatMap(item => (reasons.has(item.object) ? [{ ...item, why: reasons.get(item.object)! }] : [])),
      remove,
      leftovers: leftovers(store, roots, inventory),
      bytes: remove.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds: remove.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  });
}

/**
 * Removes what a plan says: first the records of the actions, then the objects, so that a kill in between leaves no record of work whose result
 * is gone. An object that became somebody's result since the plan was made stays.
 */
export async function collect(store: Store, plan: CollectionPlan): Promise<Collected> {
  return inStorage(store.root, async () => {
    for (const { keys } of plan.remove) for (const key of keys) await rm(actionPath(store, key), { force: true });
    await syncFolder(store.actions);
    const moved = new Map<string, string>();
    for (const { object } of plan.remove) {
      const aside = join(store.temporary, temporaryName(`${object}.old`, store.clock.randomName()));
      if (await moveIfThere(objectFolder(store, object), aside)) moved.set(object, aside);
    }
    // After the move, so that nobody can come in between: who commits looks whether the object is there after having recorded it.
    const spared = await putBack(store, moved);
    for (const [object, aside] of moved) {
      await rm(aside, { recursive: true, force: true });
      await rm(marksPath(store, object), { force: true });
    }
    for (const folder of plan.leftovers) await rm(folder, { recursive: true, force: true });
    const removed = plan.remove.filter(({ object }) => moved.has(object));
    return { objects: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0), spared };
  });
}

async function takeInventory(store: Store): Promise<Inventory> {
  const folders = readdirSync(store.objects, { withFileTypes: true }).filter(entry => entry.isDirectory());
  const manifests = folders.map(({ name: object }) => {
    const manifest = readManifest(objectFolder(store, object));
    return [object, typeof manifest === 'string' ? undefined : manifest] as const;
  });
  return {
    actions: await listActions(store),
    leases: (await listLeases(store)).filter(lease => !isStale(store, lease)),
    manifests: new Map(manifests),
  };
}

function describe(store: Store, object: string, { manifests, actions }: Inventory): StoredObject {
  const manifest = manifests.get(object);
  const own = actions.filter(action => action.object === object);
  return {
    object,
    bytes: manifest?.bytes ?? bytesIn(objectFolder(store, object)),
    seconds: Math.max(manifest?.seconds ?? 0, ...own.map(action => action.seconds)),
    step: manifest === undefined ? null : `${manifest.pipeline}/${manifest.step}`,
    keys: own.map(action => action.key),
  };
}

function leftovers(store: Store, { grace, liveSince }: CollectionRoots, { actions, leases }: Inventory): string[] {
  const done = new Set(actions.map(action => action.key));
  const isBeingMade = (key: string): boolean => leases.some(({ path }) => path.startsWith(join(store.leases, `${key}.`)));
  const pathsIn = (folder: string): string[] => namesIn(folder).map(name => join(folder, name));
  // Written aside by a process that was killed before it could put them in their place.
  const asides = [store.fingerprints, join(store.hidden, 'code')];
  const unfinished = asides.flatMap(pathsIn).filter(path => path.endsWith('.tmp'));
  const isOld = (path: string): boolean => {
    const modified = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    return store.clock.now() - modified >= grace && modified < (liveSince ?? Infinity);
  };
  const checkpoints = namesIn(store.checkpoints).filter(key => !isBeingMade(key) && (done.has(key) || isOld(join(store.checkpoints, key))));
  return [...checkpoints.map(key => join(store.checkpoints, key)), ...pathsIn(store.failed).filter(isOld), ...unfinished.filter(isOld)];
}

async function putBack(store: Store, moved: Map<string, string>): Promise<string[]> {
  const needed = new Set((await listActions(store)).map(action => action.object));
  const spared: string[] = [];
  for (const [object, aside] of moved) {
    if (!needed.has(object)) continue;
    // Whoever has made an equal one meanwhile has put it in the place.
    await moveIfThere(aside, objectFolder(store, object));
    moved.delete(object);
    spared.push(object);
  }
  return spared;
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
}

function bytesIn(folder: string): number {
  const entries = namesIn(folder).map(name => join(folder, name));
  return entries.reduce((sum, path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return sum + (stat?.isDirectory() === true ? bytesIn(path) : (stat?.size ?? 0));
  }, 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
