import { statfs } from 'node:fs/promises';
import { EXIT, UserError } from '../errors';
import { formatBytes, formatCount } from '../util/human';

export interface NeededRoom {
  /** For the message: `align`, `embed`. */
  readonly doing: string;
  readonly faces: number;
  /** Octets that each face takes at least. */
  readonly each: number;
}

/**
 * Errors with `too-little-disk` (`UserError`) where it is certain beforehand that what is to be written does not fit: better than after hours.
 * Passes where the file system does not tell. @param folder where it will be written
 */
export async function refuseWithoutRoom(
  folder: string,
  { doing, faces, each }: NeededRoom,
  freeIn: (folder: string) => Promise<number | undefined> = freeBytes,
): Promise<void> {
  const [needed, free] = [faces * each, await freeIn(folder)];
  if (free === undefined || needed <= free) return;
  throw new UserError(
    `Cannot ${doing} faces: at least ${formatCount(faces)} of them take ${formatBytes(needed)}, and the disk of ${folder} has ${formatBytes(free)} ` +
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
