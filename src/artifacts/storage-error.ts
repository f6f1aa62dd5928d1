import { EXIT, UserError, messageOf } from '../errors';
import { errnoOf } from '../util/errno';

const REMEDY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or choose another folder with --artifacts',
  EDQUOT: 'the disk quota is used up: free some space, or choose another folder with --artifacts',
  EROFS: 'the file system is read-only: choose another folder with --artifacts',
  EACCES: 'permission was denied: make the folder writable, or choose another one with --artifacts',
  EPERM: 'the operation is not permitted there: make the folder writable, or choose another one with --artifacts',
  ENOTDIR: 'a file is where a folder should be: move it away, or choose another folder with --artifacts',
  EEXIST: 'a file is where a folder should be: move it away, or choose another folder with --artifacts',
  EIO: 'the disk reported an error: check it, or choose another folder with --artifacts',
  EMFILE: 'too many files are open: raise the limit (ulimit -n), or run with --jobs 1',
};

/** Says what a system error in the store means; anything else is returned as it is. */
export function asStorageError(error: unknown, root: string): unknown {
  const code = errnoOf(error);
  const remedy = code === undefined ? undefined : REMEDY[code];
  if (remedy === undefined || error instanceof UserError) return error;
  const path = pathOf(error) ?? root;
  // Elsewhere these are about the user's own files, not about the store.
  if (['EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code ?? '') && !path.startsWith(root)) return error;
  return new UserError(`Cannot store artifacts in ${path}: ${remedy} (${messageOf(error)})`, {
    code: 'storage',
    exit: EXIT.storage,
    cause: error,
  });
}

/** Runs a piece of work of the store and says what its system errors mean. */
export async function inStorage<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStorageError(error, root);
  }
}

function pathOf(error: unknown): string | undefined {
  const path = (error as { path?: unknown }).path;
  return typeof path === 'string' ? path : undefined;
}
