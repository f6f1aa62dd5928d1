import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../layout';
import { leaseHolder } from '../leases/lease-holder';
import { checkObject } from '../objects/objects';
import type { Manifest } from '../objects/manifest';

/** Of the lease that a collection holds from the first thing that it moves away until what came into use meanwhile is back. */
export const COLLECTION = 'collection';

const POLL_MS = 50;

/** Waits until no collection moves anything. Resolves to whether there was one. */
export async function collectionEnds(store: Store): Promise<boolean> {
  for (let waited = false; ; waited = true) {
    if ((await leaseHolder(store, COLLECTION)) === null) return waited;
    await sleep(POLL_MS);
  }
}

/**
 * Looks again at what was found wrong, until nothing was moved meanwhile: a collection takes the record away before the object, and what came
 * into use meanwhile is missing until it is back. Costs nothing where nothing is wrong.
 */
export async function settled<T>(store: Store, isWrong: (found: T) => boolean, look: () => Promise<T> | T): Promise<T> {
  let found = await look();
  for (let moved = true; moved && isWrong(found);) {
    moved = await collectionEnds(store);
    found = await look();
  }
  return found;
}

/** As `checkObject`; what a collection has put back is not missing. */
export function checkSettled(store: Store, id: string): Promise<Manifest | string> {
  return settled(
    store,
    found => typeof found === 'string',
    () => checkObject(store, id),
  );
}
