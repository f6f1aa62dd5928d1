import { rename as renameOnce } from 'node:fs/promises';
import { errnoOf } from './errno';

/** What Windows says of a file that a virus scanner or an indexer has open for a moment. */
const BUSY = ['EPERM', 'EACCES', 'EBUSY'];

/** Milliseconds between two tries, 2.5 s in all. */
const PAUSES = [10, 40, 100, 350, 1000, 1000];

/** Renames a file or a folder over what is there. On Windows it tries again for a while where something else has one of both open. */
export async function rename(
  from: string,
  to: string,
  { platform = process.platform, once = renameOnce, pause = wait } = {},
): Promise<void> {
  for (const milliseconds of platform === 'win32' ? PAUSES : []) {
    try {
      await once(from, to);
      return;
    } catch (error) {
      if (!BUSY.includes(errnoOf(error) ?? '')) throw error;
    }
    await pause(milliseconds);
  }
  await once(from, to);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
