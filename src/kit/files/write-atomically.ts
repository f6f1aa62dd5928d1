import { open, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from './errno';
import { rename } from './rename';

/**
 * Writes a file so that a reader sees the old text or the new one, never a part, and that it survives a loss of power.
 * `temporary` is a path that no other process uses, best on the same file system. When this rejects, the old text is still there or the new one
 * is there already, and the temporary file is gone if that could be done.
 */
export async function writeAtomically(path: string, text: string, temporary: string): Promise<void> {
  await replaceBy(path, temporary, aside => writeDurably(aside, text));
  await syncFolder(dirname(path));
}

/** As `writeAtomically`, but a loss of power may bring the old text back or leave an empty file: for what can be made again. */
export async function writeAside(path: string, text: string, temporary: string): Promise<void> {
  await replaceBy(path, temporary, aside => writeFile(aside, text));
}

/** Writes a file and waits until it is on the disk. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the names in a folder are on the disk. Windows cannot open a folder, and does not need to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // File systems that keep names without being asked to, or cannot be asked.
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

async function replaceBy(path: string, temporary: string, write: (aside: string) => Promise<void>): Promise<void> {
  const isBeside = dirname(temporary) === dirname(path);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    // The caller needs the first error.
    await rm(temporary, { force: true }).catch(() => undefined);
    if (errnoOf(error) !== 'EXDEV' || isBeside) throw error;
    // Somebody has put a part of the store on another disk.
    await replaceBy(path, join(dirname(path), `.${basename(temporary)}`), write);
  }
}
