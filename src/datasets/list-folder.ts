import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { UserError, messageOf } from '../errors';
import { PICTURE_ENDINGS } from '../faces/formats';
import { isLitter } from '../util/litter';

/** Names in a folder by kind, each sorted by code units: the same order on every machine and in every language. */
export interface Listing {
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
 * when it cannot be listed.
 */
export async function listFolder(folder: string): Promise<Listing> {
  const folders: string[] = [];
  const images: string[] = [];
  const others: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const kind = await kindOf(folder, entry);
    if (isLitter(entry.name, kind === 'folder')) continue;
    if (kind === 'folder') folders.push(entry.name);
    else if (kind === 'file' && isImage(entry.name)) images.push(entry.name);
    else others.push(entry.name);
  }
  return { folders: folders.sort(), images: images.sort(), others: others.sort() };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new UserError(`Cannot list folder ${folder}: ${messageOf(error)}`, { code: 'missing-folder', cause: error });
  }
}

async function kindOf(
  folder: string,
  entry: { readonly name: string; isDirectory(): boolean; isSymbolicLink(): boolean },
): Promise<'folder' | 'file' | 'nothing'> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
  return stat(join(folder, entry.name)).then(
    found => (found.isDirectory() ? 'folder' : 'file'),
    () => 'nothing' as const,
  );
}
