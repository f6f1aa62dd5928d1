import { statfs } from 'node:fs/promises';
import { EXIT, UserError } from '../errors';
import { formatBytes } from '../kit/text/human';

export interface NeededRoom {
  /** For the message: `align faces`, `train`. */
  readonly doing: string;
  /** What will be written at least, for the message: `1,000 faces`. */
  readonly what: string;
  /** Bytes that it takes at least. */
  readonly bytes: number;
}

/**
 * Errors with `too-little-disk` (`UserError`) where it is certain at the start that the output does not fit: better than after hours.
 * Passes where the file system does not report its free space. @param folder where it will be written
 */
export async function refuseWithoutRoom(
  folder: string,
  { doing, what, bytes: needed }: NeededRoom,
  freeIn: (folder: string) => Promise<number | undefined> = freeBytes,
): Promise<void> {
  const free = await freeIn(folder);
  if (free === undefined || needed <= free) return;
  throw new UserError(
    `Cannot ${doing}: ${what} take at least ${formatBytes(needed)}, and the disk of ${folder} has ${formatBytes(free)} ` +
      'free; free so much (`pipeline gc` removes results that nothing needs), put the store on another disk (`--artifacts`), or take fewer faces',
    { code: 'too-little-disk', exit: EXIT.storage },
  );
}

async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    // Some remote file systems say nothing: all is 0.
    return blocks > 0 ? bavail * bsize : undefined;
  } catch {
    return undefined;
  }
}
