import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from './errno';

/**
 * Makes a folder and those above it, unless they are there. Node's own `recursive` says ENOENT when the disk is full, which would be
 * taken for something else.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await isFolder(path))) return;
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch(async (again: unknown) => {
      // Somebody else was faster.
      if (errnoOf(again) !== 'EEXIST' || !(await isFolder(path))) throw again;
    });
  }
}

/** False for a link that leads nowhere too: to a disk that is not mounted. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
