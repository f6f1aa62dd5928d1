import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { UserError, messageOf } from '../errors';
import { PICTURE_ENDINGS } from '../faces/formats';

/** Names in a folder by kind, each sorted by code units: the same order on every machine and in every language. */
export interface Listing {
  readonly folders: readonly string[];
  readonly images: readonly string[];
  readonly others: readonly string[];
}

const IMAGES = PICTURE_ENDINGS;
/** What file managers leave behind. */
const LITTER = /^(\..*|Thumbs\.db|desktop\.ini|__MACOSX)$/i;

/** Lists a folder; links count as what they lead to. Errors with `missing-folder` when it cannot be listed. */
export async function listFolder(folder: string): Promise<Listing> {
  const folders: string[] = [];
  const images: string[] = [];
  const others: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (LITTER.test(entry.name)) continue;
    if (await isFolder(folder, entry)) folders.push(entry.name);
    else if (IMAGES.has(extname(entry.name).toLowerCase())) images.push(entry.name);
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

async function isFolder(
  folder: string,
  entry: { readonly name: string; isDirectory(): boolean; isSymbolicLink(): boolean },
): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return stat(join(folder, entry.name)).then(
    found => found.isDirectory(),
    () => false,
  );
}
