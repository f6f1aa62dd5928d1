import { realpath, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { UserError } from '../../errors';

export interface Location {
  /** Absolute. */
  readonly root: string;
  /** How the photo set refers to the root: relative for an artifact, because a store may be moved as a whole. */
  readonly pointer: string;
}

/**
 * The folder of the photographs: an artifact or a folder of the user's, exactly one of them.
 * @param from folder of the photo set being made; a workspace is as deep in the store as the artifact that it becomes
 */
export async function locatePhotographs(
  artifact: string | undefined,
  folder: string | undefined,
  from: string,
): Promise<Location> {
  if ((artifact === undefined) === (folder === undefined)) {
    const found = artifact === undefined ? 'neither' : 'both';
    throw new UserError(
      `Cannot read faces: found ${found} the input "folder" and the option "folder", want exactly one; ` +
        'connect the stage with `in: {folder: <stage>}` or name a folder with `with: {folder: <path>}`',
      { code: 'no-single-folder' },
    );
  }
  if (artifact !== undefined) {
    const root = await realpath(artifact);
    return { root, pointer: relative(await realpath(from), root) };
  }
  if (!(await stat(folder!)).isDirectory()) {
    throw new UserError(`Cannot read faces: ${folder!} is a file, want the root folder of a data set`, {
      code: 'not-a-folder',
    });
  }
  return { root: folder!, pointer: folder! };
}
