import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PICTURES_FOLDER } from '../../../stage';
import { errnoOf } from '../../../kit/files/errno';
import { rename } from '../../../kit/files/rename';
import { syncFolder } from '../../../kit/files/write-atomically';
import type { Action } from '../actions/action';
import { actionPath, listActions, parseAction } from '../actions/actions';
import { COLLECTION } from './collecting';
import type { Store } from '../layout';
import { isStale, listLeases, type LeaseFile } from '../leases/lease-files';
import { acquireLease } from '../leases/leases';
import { readManifest } from '../objects/manifest';
import { marksPath } from '../objects/stat-signatures';
import { objectFolder } from '../objects/objects';
import { temporaryName } from '../leases/owner';
import { reasonsToKeep, type CollectionRoots, type Inventory } from './roots';
import { inStorage } from '../storage-error';

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
  /** Of what the stage has made and of the pictures beside it. */
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

/** The clock of a file system may be behind that of the run that writes there, in milliseconds. */
const SLACK_MS = 60_000;

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
 * is gone. What came into use since the plan was made stays. While something that may come back is away, a lease says so, and those who miss it
 * wait (`collecting.ts`). Resolves once all is removed.
 * @param rootsNow what is to stay, asked anew after everything was moved away: who announces a use looks afterwards whether the object is there
 */
export async function collect(
  store: Store,
  plan: CollectionPlan,
  rootsNow: () => Promise<CollectionRoots>,
): Promise<Collected> {
  return inStorage(store.root, async () => {
    const { signal } = new AbortController();
    const terms = { run: 'gc', runFolder: '', step: COLLECTION, signal, onWait: () => undefined };
    const lease = await acquireLease(store, COLLECTION, terms);
    const moved: Moved[] = [];
    let needed: ReadonlyMap<string, string>;
    try {
      const before = await neededNow(store, await rootsNow(), plan);
      const remove = plan.remove.filter(({ object }) => !before.has(object));
      const records = await moveRecords(store, remove);
      for (const { object } of remove) {
        const aside = asideOf(store, object);
        if (await moveIfThere(objectFolder(store, object), aside))
          moved.push({ object, aside, records: records.get(object) ?? [] });
      }
      needed = await neededNow(store, await rootsNow(), plan);
      for (const one of moved) if (needed.has(one.object)) await putBack(store, one);
    } finally {
      await lease.release();
    }
    const gone = new Set(moved.filter(({ object }) => !needed.has(object)).map(({ object }) => object));
    for (const { object, aside, records } of moved) {
      for (const path of [aside, ...records.map(record => record.aside)])
        await rm(path, { recursive: true, force: true });
      if (gone.has(object)) await rm(marksPath(store, object), { force: true });
    }
    for (const folder of plan.leftovers) await rm(folder, { recursive: true, force: true });
    const removed = plan.remove.filter(({ object }) => gone.has(object));
    const spared = plan.remove.map(({ object }) => object).filter(object => needed.has(object));
    return { objects: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0), spared };
  });
}

/** What was moved away, and where it is. */
interface Moved {
  readonly object: string;
  readonly aside: string;
  readonly records: readonly MovedRecord[];
}

interface MovedRecord {
  readonly path: string;
  readonly aside: string;
}

/** Why objects that are to go are needed after all, by id. What was decided of what the budget of a plan keeps is not asked again. */
async function neededNow(
  store: Store,
  roots: CollectionRoots,
  { remove }: CollectionPlan,
): Promise<ReadonlyMap<string, string>> {
  const inventory = await takeInventory(store);
  // Those that were moved away are needed or not as if they were there.
  const manifests = new Map([...remove.map(({ object }) => [object, undefined] as const), ...inventory.manifests]);
  const reasons = reasonsToKeep(store, roots, { ...inventory, manifests });
  const wasDone = new Set(remove.flatMap(({ keys }) => keys));
  const isNew = (action: Action): boolean => !wasDone.has(action.key);
  for (const action of inventory.actions.filter(isNew))
    if (!reasons.has(action.object)) reasons.set(action.object, 'made again');
  return reasons;
}

/** By object: the records that name it still. Another result may have come under their keys since the plan was made. */
async function moveRecords(store: Store, remove: readonly StoredObject[]): Promise<Map<string, MovedRecord[]>> {
  const moved = new Map<string, MovedRecord[]>();
  for (const { object, keys } of remove) {
    for (const key of keys) {
      const record = { path: actionPath(store, key), aside: asideOf(store, key) };
      const names = (): boolean => {
        const action = parseAction(store, key);
        return typeof action === 'object' && action.object === object;
      };
      if (names() && (await moveIfThere(record.path, record.aside)))
        moved.set(object, [...(moved.get(object) ?? []), record]);
    }
  }
  await syncFolder(store.actions);
  return moved;
}

/** The object first: a record must not name a missing one. */
async function putBack(store: Store, { object, aside, records }: Moved): Promise<void> {
  // Whoever has made an equal one meanwhile has put it in the place.
  await moveIfThere(aside, objectFolder(store, object));
  for (const record of records) if (!existsSync(record.path)) await moveIfThere(record.aside, record.path);
}

function asideOf(store: Store, name: string): string {
  return join(store.temporary, temporaryName(`${name}.old`, store.clock.randomName()));
}

async function takeInventory(store: Store): Promise<Inventory> {
  const folders = readdirSync(store.objects, { withFileTypes: true }).filter(entry => entry.isDirectory());
  const manifests = folders.map(({ name: object }) => {
    const manifest = readManifest(objectFolder(store, object));
    return [object, typeof manifest === 'string' ? undefined : manifest] as const;
  });
  return {
    actions: await listActions(store),
    leases: (await listLeases(store)).filter(lease => !isOfCollection(store, lease) && !isStale(store, lease)),
    manifests: new Map(manifests),
  };
}

function isOfCollection(store: Store, { path }: LeaseFile): boolean {
  return path.startsWith(join(store.leases, `${COLLECTION}.`));
}

function describe(store: Store, object: string, { manifests, actions }: Inventory): StoredObject {
  const manifest = manifests.get(object);
  const folder = objectFolder(store, object);
  const own = actions.filter(action => action.object === object);
  return {
    object,
    bytes: manifest === undefined ? bytesIn(folder) : manifest.bytes + bytesIn(join(folder, PICTURES_FOLDER)),
    seconds: Math.max(manifest?.seconds ?? 0, ...own.map(action => action.seconds)),
    step: manifest === undefined ? null : `${manifest.pipeline}/${manifest.step}`,
    keys: own.map(action => action.key),
  };
}

function leftovers(store: Store, { grace, liveSince }: CollectionRoots, { actions, leases }: Inventory): string[] {
  const done = new Set(actions.map(action => action.key));
  const isBeingMade = (key: string): boolean =>
    leases.some(({ path }) => path.startsWith(join(store.leases, `${key}.`)));
  const pathsIn = (folder: string): string[] => namesIn(folder).map(name => join(folder, name));
  // Written aside by a process that was killed before it could put them in their place.
  const asides = [store.fingerprints, join(store.hidden, 'code')];
  const unfinished = asides.flatMap(pathsIn).filter(path => path.endsWith('.tmp'));
  const isOld = (path: string): boolean => {
    const modified = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    return store.clock.now() - modified >= grace && modified < (liveSince ?? Infinity) - SLACK_MS;
  };
  const checkpoints = namesIn(store.checkpoints).filter(
    key => !isBeingMade(key) && (done.has(key) || isOld(join(store.checkpoints, key))),
  );
  return [
    ...checkpoints.map(key => join(store.checkpoints, key)),
    ...pathsIn(store.failed).filter(isOld),
    ...unfinished.filter(isOld),
  ];
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
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}
