import { lstatSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LEFT_ON_FAILURE } from '../../../stage';
import { makeFolder } from '../../../kit/files/make-folder';
import { rename } from '../../../kit/files/rename';
import { list } from './contents';
import type { Store } from '../layout';
import { MANIFEST_FILE } from './manifest';
import { temporaryName } from '../leases/owner';

/** Limit of what is kept of a failed stage, so that it cannot fill the disk. In bytes. */
const MOST_KEPT = 64 * 2 ** 20;

/** A folder in which a stage has worked, and the names of the sub-folders for its outputs. */
export interface WorkFolder {
  readonly folder: string;
  readonly ports: readonly string[];
}

/**
 * Moves what a failed stage has left beside its outputs (its log, lists of what it skipped, `on-failure/`) to `kept`, as far as it is small, in place
 * of what an earlier attempt has left there. Resolves to whether there was anything.
 */
export async function keepForPerson({ folder, ports }: WorkFolder, kept: string): Promise<boolean> {
  for (const name of [...ports, MANIFEST_FILE]) await rm(join(folder, name), { recursive: true, force: true });
  const { files, others } = await list(folder);
  let bytes = 0;
  for (const path of [...byImportance(files), ...others]) {
    const stat = lstatSync(join(folder, path));
    if (stat.isFile() && bytes + stat.size <= MOST_KEPT) bytes += stat.size;
    else await rm(join(folder, path));
  }
  if ((await readdir(folder)).length === 0) return false;
  await makeFolder(dirname(kept));
  await rm(kept, { recursive: true, force: true });
  await rename(folder, kept);
  return true;
}

/** Removes an unused folder, in one step as others see it. Files that cannot be removed only cost space. */
export async function discard(store: Store, folder: string): Promise<void> {
  const aside = join(store.temporary, temporaryName(`${basename(folder)}.old`, store.clock.randomName()));
  try {
    await rename(folder, aside);
    await rm(aside, { recursive: true, force: true });
  } catch {
    // It was missing, or the next process that opens the store tries again.
  }
}

/** What the stage has meant for a person comes first. */
function byImportance(files: readonly string[]): string[] {
  const isMeant = (path: string): boolean => path.startsWith(`${LEFT_ON_FAILURE}/`);
  return [...files.filter(isMeant), ...files.filter(path => !isMeant(path))];
}
