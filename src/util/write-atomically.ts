import { open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rename } from './rename';

/**
 * Writes a file so that a reader sees the old text or the new one, never a part, and that it survives a loss of power.
 * `temporary` is a path on the same file system that nobody else uses. When this rejects, the old text is still there or the new one
 * is there already, and the temporary file is gone if that could be done.
 */
export async function writeAtomically(path: string, text: string, temporary: string): Promise<void> {
  await replaceBy(path, temporary, () => writeDurably(temporary, text));
  await syncFolder(dirname(path));
}

/** As `writeAtomically`, but a loss of power may bring the old text back or leave an empty file: for what can be made again. */
export async function writeAside(path: string, text: string, temporary: string): Promise<void> {
  await replaceBy(path, temporary, () => writeFile(temporary, text));
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
  } finally {
    await handle.close();
  }
}

async function replaceBy(path: string, temporary: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
    await rename(temporary, path);
  } catch (error) {
    // What went wrong first is what the caller must hear.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
