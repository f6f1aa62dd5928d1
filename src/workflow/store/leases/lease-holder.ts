import type { Store } from '../layout';
import { isStale, listLeases, type LeaseOwner } from './lease-files';

/** Who makes what a key stands for at this moment; null when nobody does. Takes and changes nothing. */
export async function leaseHolder(store: Store, key: string): Promise<LeaseOwner | null> {
  const live = (await listLeases(store, key)).find(lease => !isStale(store, lease));
  return live?.owner ?? null;
}
