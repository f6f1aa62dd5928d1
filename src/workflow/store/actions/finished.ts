import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { actionPath } from './actions';
import { checkpointFolder } from './checkpoints';
import type { Store } from '../layout';
import { tryLease } from '../leases/leases';
import { discard } from '../objects/leftovers';

/**
 * Removes the checkpoints and the traces of failures of work that was finished later, which a process leaves that is killed right after its
 * commit. Never rejects: what cannot be removed costs no more than space.
 */
export async function removeFinished(store: Store): Promise<void> {
  for (const key of new Set([...namesIn(store.checkpoints), ...namesIn(store.failed)])) {
    try {
      if (finishedIn(store, key).length > 0) await removeUnderLease(store, key);
    } catch {
      // The next process tries again.
    }
  }
}

/** Under a lease, because another process may begin the same work. */
async function removeUnderLease(store: Store, key: string): Promise<void> {
  const { signal } = new AbortController();
  const lease = await tryLease(store, key, { run: 'none', runFolder: '', step: 'clearing', signal });
  if (!('release' in lease)) return;
  try {
    for (const folder of finishedIn(store, key)) await discard(store, folder);
  } finally {
    await lease.release();
  }
}

/** What is newer than the record of the action belongs to work that was forced since. */
function finishedIn(store: Store, key: string): string[] {
  const done = lstatSync(actionPath(store, key), { throwIfNoEntry: false });
  if (done === undefined) return [];
  const [checkpoints, failed] = [checkpointFolder(store, key), join(store.failed, key)];
  const isBefore = (time: number | undefined): boolean => time !== undefined && time <= done.mtimeMs;
  return [
    ...(isBefore(lstatSync(checkpoints, { throwIfNoEntry: false })?.mtimeMs) ? [checkpoints] : []),
    // Moving it there has changed no other time.
    ...(isBefore(lstatSync(failed, { throwIfNoEntry: false })?.ctimeMs) ? [failed] : []),
  ];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing has failed yet.
    return [];
  }
}
