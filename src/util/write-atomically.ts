import { open, rename, rm } from 'node:fs/promises';

/** Writes a file so that a reader sees the old text or the new one, never a part, and that it survives a loss of power. */
export async function writeAtomically(path: string, text: string, temporary: string): Promise<void> {
  try {
    await writeDurably(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
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
