import { lstat } from 'node:fs/promises';
import { errnoOf } from '../../../kit/files/errno';
import { openSealed } from '../../../kit/files/sealed-file';

/** Names of the files in checkpoints that stages write by `writeSealed`: by them, those are known to who does not know the stage. */
export const SEALED_CHECKPOINT = /\.(checkpoint|rows)$/;

/**
 * In what a file that `writeSealed` has written is damaged; undefined for a whole one, and where there is none. Reads all of it. Rejects with
 * errors of the system.
 */
export async function damageOfSealed(path: string): Promise<string | undefined> {
  try {
    if (!(await lstat(path)).isFile()) return 'it is not a file';
    await (await openSealed(path)).close();
    return undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    if (error instanceof RangeError || error instanceof SyntaxError) return error.message;
    throw error;
  }
}
