import { opendirSync, statSync, type Dirent } from 'node:fs';
import { extname, join } from 'node:path';
import { UserError, messageOf } from '../../errors';
import { PICTURE_ENDINGS } from '../../faces/decoding/formats';
import { errnoOf } from '../../kit/files/errno';
import { isLitter } from '../../kit/files/litter';

/** Names in a folder by kind, each sorted by code units: the same order on every machine and in every language. */
export interface FolderListing {
  readonly folders: readonly string[];
  readonly images: readonly string[];
  readonly others: readonly string[];
}

const IMAGES = PICTURE_ENDINGS;
/** Whether a file of this name counts as an image. */
export function isImage(name: string): boolean {
  return IMAGES.has(extname(name).toLowerCase());
}

/** A name, or a path, without `.jpg` and the like. */
export function withoutEnding(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

/**
 * Lists a folder; links count as what they lead to, and one that leads nowhere is among the others. Errors with `missing-folder`
 * when it cannot be listed. Holds the names and nothing else: a folder may have a million. The system is asked synchronously, because a folder
 * for each person would cost several promises each.
 */
export async function listFolder(folder: string): Promise<FolderListing> {
  const listing = { folders: [] as string[], images: [] as string[], others: [] as string[] };
  try {
    const entries = opendirSync(folder, { bufferSize: NAMES_AT_A_TIME });
    try {
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) add(listing, folder, entry);
    } finally {
      entries.closeSync();
    }
  } catch (error) {
    throw unlistable(folder, error);
  }
  for (const names of Object.values(listing)) names.sort();
  return Promise.resolve(listing);
}

/** Names that are asked for at once. */
const NAMES_AT_A_TIME = 256;

function add({ folders, images, others }: Record<keyof FolderListing, string[]>, folder: string, entry: Dirent): void {
  const { name } = entry;
  const kind = kindOf(folder, entry);
  if (isLitter(name, kind === 'folder')) return;
  if (kind === 'folder') folders.push(name);
  else if (kind === 'file' && isImage(name)) images.push(name);
  else others.push(name);
}

function kindOf(folder: string, entry: Dirent): 'folder' | 'file' | 'nothing' {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
  try {
    return statSync(join(folder, entry.name)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing';
  }
}

/** Whether there is a folder, or a link to one. Errors with `missing-folder` when that cannot be seen. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    // A file stands where a folder above it should.
    if (errnoOf(error) === 'ENOTDIR') return false;
    throw unlistable(path, error);
  }
}

function unlistable(folder: string, cause: unknown): UserError {
  return new UserError(`Cannot list folder ${folder}: ${messageOf(cause)}`, { code: 'missing-folder', cause });
}
