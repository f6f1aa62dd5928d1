import { EXIT, UserError, messageOf } from '../../errors';
import { errnoOf } from '../../kit/files/errno';

const REMEDY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or choose another folder with --artifacts',
  EDQUOT: 'the disk quota is used up: free some space, or choose another folder with --artifacts',
  EROFS: 'the file system is read-only: choose another folder with --artifacts',
  EACCES: 'permission was denied: make the folder writable, or choose another one with --artifacts',
  EPERM: 'the operation is not permitted there: make the folder writable, or choose another one with --artifacts',
  ENOTDIR: 'a file is where a folder should be: move it away, or choose another folder with --artifacts',
  EEXIST:
    'a file, or a link that leads nowhere, is where a folder should be: move it away, mount the disk that the link leads to, or choose another folder with --artifacts',
  EXDEV:
    'parts of the store are on different disks: keep all of .store on one, or choose another folder with --artifacts',
  EFBIG:
    'a file is longer than the file system or the shell (ulimit -f) allows: raise the limit, or choose another folder with --artifacts',
  ENAMETOOLONG:
    'the path is longer than the system allows: choose a shorter one with --artifacts, or shorter names of stages',
  ELOOP: 'links lead in a circle: fix them, or choose another folder with --artifacts',
  EAGAIN:
    'the system has nothing left of what this needs: end other programs, raise the limit (ulimit -u), or run with --jobs 1',
  ESTALE: 'the network file system has lost the folder: mount it again, or choose another one with --artifacts',
  ENXIO: 'the disk is gone: mount it, or choose another folder with --artifacts',
  ENODEV: 'the disk is gone: mount it, or choose another folder with --artifacts',
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

/** Says what a system error means that comes from anywhere; anything else is returned as it is. */
export function asSystemError(error: unknown): unknown {
  const remedy = REMEDY[errnoOf(error) ?? ''];
  if (remedy === undefined || error instanceof UserError) return error;
  return new UserError(`The system refused an operation: ${messageOf(error)}: ${remedy}`, {
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
