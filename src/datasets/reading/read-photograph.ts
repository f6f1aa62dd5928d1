import type { ErrorCode } from '../../error-codes';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors';
import { errnoOf } from '../../kit/files/errno';
import type { PhotoRow, PhotoSet } from '../../data/photo-set';

/**
 * The file of a photograph, if it is still the one that the photo set was made from.
 * Errors with `photo-changed` or `photo-missing` (`UserError`) when it is not.
 */
export async function readPhotograph({ root }: Pick<PhotoSet, 'root'>, photo: PhotoRow): Promise<Buffer> {
  const file = join(root, photo.path);
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw gone(file, 'is not there any more', 'photo-missing', error);
  }
  if (createHash('sha256').update(content).digest('hex') !== photo.sha256) {
    throw gone(file, 'has changed since it was read', 'photo-changed');
  }
  return content;
}

function gone(file: string, what: string, code: ErrorCode, cause?: unknown): UserError {
  return new UserError(
    `Cannot align faces: photograph ${file} ${what}; put the old file back, or run the read-faces stage again`,
    { code, cause },
  );
}
