import { basename, join } from 'node:path';
import { isLitter } from '../../../kit/files/litter';
import { PICTURES_FOLDER } from '../../../stage';
import { list } from './contents';
import { MANIFEST_FILE, readManifest, type Manifest } from './manifest';

/** Paths in the folder of an object that are neither in its manifest nor its pictures, sorted: somebody has put them there. */
export async function strangersIn(folder: string, manifest: Manifest): Promise<string[]> {
  // Pictures come and go while others look, and may be somebody's own: only their folder is seen.
  const { files, folders, others } = await list(folder, PICTURES_FOLDER);
  const own = new Set([MANIFEST_FILE, ...manifest.folders, ...manifest.files.map(file => file.path)]);
  const strange = [...files, ...folders.filter(path => path !== PICTURES_FOLDER), ...others].filter(
    path => !own.has(path),
  );
  // The contents of a strange folder are not listed.
  return strange.filter(path => !strange.some(other => path.startsWith(`${other}/`))).sort();
}

/** Those of them in the folder of an output port that somebody who lists that folder would take for a part of it. */
export async function misleadingIn(folder: string, port: string): Promise<string[]> {
  const manifest = readManifest(folder);
  if (typeof manifest === 'string') return [];
  const strange = (await strangersIn(folder, manifest)).filter(path => path.startsWith(`${port}/`));
  // Of a folder it is asked as of a file: the more is taken for litter only if its name says so for both.
  return strange.filter(path => !isLitter(basename(path), true)).map(path => join(folder, path));
}
