import { lstatSync } from 'node:fs';
import type { Action } from '../actions/action';
import { isLocal } from '../objects/contents';
import type { Store } from '../layout';
import type { LeaseFile } from '../leases/lease-files';
import type { Manifest } from '../objects/manifest';
import { listNamed } from '../names';
import { objectFolder } from '../objects/objects';

export interface CollectionRoots {
  /** Ids of objects that are to stay: those of the runs that are kept. */
  readonly objects: readonly string[];
  /** Ids of objects that runs which are going on have come to use. */
  readonly inUse: readonly string[];
  /** Keys of the work whose results these runs have come to use. */
  readonly keysInUse: readonly string[];
  /** Nothing younger than so many milliseconds is touched. */
  readonly grace: number;
  /** Start of the oldest run that is going on, in milliseconds since 1970: nothing newer is touched. Null when there is none. */
  readonly liveSince: number | null;
}

/** What is in the store when a collection is planned. */
export interface Inventory {
  readonly actions: readonly Action[];
  /** Those whose holder is alive. */
  readonly leases: readonly LeaseFile[];
  /** By id; undefined where it cannot be read. */
  readonly manifests: ReadonlyMap<string, Manifest | undefined>;
}

const IN_USE = 'in use by a run';

/** Why objects stay, by id; the first reason counts. */
export function reasonsToKeep(store: Store, roots: CollectionRoots, inventory: Inventory): Map<string, string> {
  const reasons = new Map<string, string>();
  const keep = (object: string, why: string): void => {
    if (inventory.manifests.has(object) && !reasons.has(object)) reasons.set(object, why);
  };
  for (const { pipeline, step, object } of listNamed(store)) keep(object, `shown as ${pipeline}/${step}`);
  for (const object of roots.inUse) keep(object, IN_USE);
  for (const object of inventory.leases.flatMap(({ reads }) => reads)) keep(object, IN_USE);
  const keysInUse = new Set(roots.keysInUse);
  for (const { key, object } of inventory.actions) if (keysInUse.has(key)) keep(object, IN_USE);
  for (const object of roots.objects) keep(object, 'used by a run that is kept');
  for (const action of inventory.actions) {
    const isBeingMade = inventory.leases.some(({ path }) => path.startsWith(`${store.leases}/${action.key}.`));
    if (isBeingMade) keep(action.object, 'being made again now');
  }
  const touched = lastTouched(store, inventory);
  const live = liveSince(roots, inventory);
  for (const [object, time] of touched) {
    if (time >= live) keep(object, 'newer than the start of a run in progress');
    else if (store.clock.now() - time < roots.grace) keep(object, 'younger than the grace period');
  }
  keepTargets(inventory, reasons, keep);
  return reasons;
}

/** When each object was put in place or last recorded as a result, in milliseconds since 1970. */
function lastTouched(store: Store, { actions, manifests }: Inventory): Map<string, number> {
  const touched = new Map<string, number>();
  const touch = (object: string, time: number): void =>
    void touched.set(object, Math.max(time, touched.get(object) ?? -Infinity));
  for (const object of manifests.keys()) {
    const stat = lstatSync(objectFolder(store, object), { throwIfNoEntry: false });
    touch(object, Math.max(stat?.mtimeMs ?? 0, stat?.ctimeMs ?? 0));
  }
  for (const { object, finished, accepted } of actions) {
    touch(object, Math.max(Date.parse(finished), accepted === null ? 0 : Date.parse(accepted.time)));
  }
  return touched;
}

function liveSince({ liveSince }: CollectionRoots, { leases }: Inventory): number {
  return Math.min(liveSince ?? Infinity, ...leases.map(({ owner }) => Date.parse(owner.since)));
}

/** An artifact with files that hold paths may refer to its sources. */
function keepTargets(
  { manifests, actions }: Inventory,
  reasons: ReadonlyMap<string, string>,
  keep: (object: string, why: string) => void,
): void {
  const inputsOf = new Map<string, string[]>();
  for (const { object, inputs } of actions) {
    inputsOf.set(object, [...(inputsOf.get(object) ?? []), ...inputs.map(input => input.object)]);
  }
  // A Map is walked to its end also while it grows.
  for (const [object] of reasons) {
    const manifest = manifests.get(object);
    if (manifest?.files.some(({ path }) => isLocal(path)) !== true) continue;
    const inputs = [...manifest.inputs.map(input => input.object), ...(inputsOf.get(object) ?? [])];
    for (const input of inputs) keep(input, `${manifest.pipeline}/${manifest.step} refers to it`);
  }
}
