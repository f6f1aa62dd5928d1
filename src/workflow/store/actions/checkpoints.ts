import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../kit/files/make-folder';
import type { Store } from '../layout';
import { discard } from '../objects/leftovers';
import { quarantine } from '../upkeep/quarantine';
import { inStorage } from '../storage-error';

/** The folder of a stage's checkpoints, as the last attempt with this key left it. */
export async function openCheckpoints(store: Store, key: string): Promise<string> {
  const folder = checkpointFolder(store, key);
  return inStorage(store.root, async () => {
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory()) {
      await quarantine(store, { path: folder, expected: 'a folder of checkpoints', found: 'something else' });
    }
    await makeFolder(folder);
    return folder;
  });
}

/** Called when the action is recorded. Files that cannot be removed only cost space. */
export async function removeCheckpoints(store: Store, key: string): Promise<void> {
  await discard(store, checkpointFolder(store, key));
}

/** Whether an attempt with this key has left a checkpoint. */
export function hasCheckpoints(store: Store, key: string): boolean {
  try {
    return readdirSync(checkpointFolder(store, key)).length > 0;
  } catch {
    return false;
  }
}

export function checkpointFolder(store: Store, key: string): string {
  return join(store.checkpoints, key);
}
