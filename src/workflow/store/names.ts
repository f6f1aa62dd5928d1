import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { lstat, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { EXIT, UserError } from '../../errors';
import { errnoOf, hasNoLinks } from '../../kit/files/errno';
import { makeFolder } from '../../kit/files/make-folder';
import { rename } from '../../kit/files/rename';
import { temporaryName } from './leases/owner';
import { inStorage } from './storage-error';
import type { Store } from './layout';

/** Of a path to an object, in bytes. */
const LONGEST_NAME = 4096;

/** The folder of a pipeline that people open. */
export function pipelineFolder(store: Store, pipeline: string): string {
  return join(store.root, pipeline);
}

/**
 * Path of the newest artifact of a step: by a link to its folder, or, where the file system has no links, by a file that holds what the link would.
 */
function namedPath(store: Store, pipeline: string, step: string): string {
  return join(pipelineFolder(store, pipeline), step);
}

/** Folder under `objects/` of the artifact that a step's name shows, or undefined. */
export function namedObject(store: Store, pipeline: string, step: string): string | undefined {
  try {
    const path = namedPath(store, pipeline, step);
    return objectIn(store, path, readlinkSync(path));
  } catch {
    return objectOfFile(store, namedPath(store, pipeline, step));
  }
}

/** Folder of the newest artifact of a step, by its name where that is a link. */
export function shownFolder(store: Store, pipeline: string, step: string): string {
  const path = namedPath(store, pipeline, step);
  const object = objectOfFile(store, path);
  return object === undefined ? path : join(store.objects, object);
}

/** The same path, with the folder of the artifact in place of a file that names it. */
export function throughNames(store: Pick<Store, 'root' | 'objects'>, path: string): string {
  const [pipeline, step, ...rest] = relative(store.root, path).split(sep);
  if (pipeline === undefined || step === undefined || pipeline === '..') return path;
  const object = objectOfFile(store, join(store.root, pipeline, step));
  return object === undefined ? path : join(store.objects, object, ...rest);
}

function objectIn({ objects }: Pick<Store, 'objects'>, path: string, target: string): string | undefined {
  const folder = resolve(dirname(path), target);
  return dirname(folder) === objects ? basename(folder) : undefined;
}

/** The object that a file in the place of a link names; undefined for any other file. */
function objectOfFile(store: Pick<Store, 'objects'>, path: string): string | undefined {
  try {
    const found = lstatSync(path);
    return found.isFile() && found.size <= LONGEST_NAME
      ? objectIn(store, path, readFileSync(path, 'utf8').trimEnd())
      : undefined;
  } catch {
    return undefined;
  }
}

/** Links `<pipeline>/<step>` to an artifact. A reader sees the old one or the new one, never none. */
export async function nameArtifact(store: Store, pipeline: string, step: string, object: string): Promise<void> {
  const path = namedPath(store, pipeline, step);
  const target = join(store.objects, object);
  return inStorage(store.root, async () => {
    await makeFolder(dirname(path));
    const present = await targetOf(store, path);
    if (present === relative(dirname(path), target)) return;
    if (process.platform === 'win32') {
      return present !== undefined && resolve(present) === target ? undefined : replaceJunction(path, target, present);
    }
    const name = temporaryName(`${object}.link`, store.clock.randomName());
    // The text of the link is relative to where it ends up, so that the whole folder can be moved.
    const text = relative(dirname(path), target);
    try {
      await replaceLink(path, text, join(store.temporary, name));
    } catch (error) {
      if (errnoOf(error) !== 'EXDEV') throw error;
      // The hidden part of the store is on another disk. What a kill leaves here, `removeOtherNames` finds.
      await replaceLink(path, text, join(dirname(path), `.${name}`));
    }
  });
}

async function replaceLink(path: string, target: string, temporary: string): Promise<void> {
  try {
    await linkOrName(target, temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function linkOrName(target: string, path: string): Promise<void> {
  try {
    await symlink(target, path);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    await writeFile(path, `${target}\n`);
  }
}

/** Removes the names of steps that the pipeline no longer has. Their artifacts stay in the store. */
export async function removeOtherNames(store: Store, pipeline: string, steps: readonly string[]): Promise<void> {
  const folder = pipelineFolder(store, pipeline);
  return inStorage(store.root, async () => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      // `namedObject`: the target of a junction is absolute.
      if (!steps.includes(name) && namedObject(store, pipeline, name) !== undefined) await rm(path);
    }
  });
}

/** Every name of every pipeline, and the object that it shows. */
export function listNamed(
  store: Store,
): { readonly pipeline: string; readonly step: string; readonly object: string }[] {
  const folders = readdirSync(store.root, { withFileTypes: true }).filter(entry => entry.isDirectory());
  return folders.flatMap(({ name: pipeline }) =>
    readdirSync(join(store.root, pipeline)).flatMap(step => {
      const object = namedObject(store, pipeline, step);
      return object === undefined ? [] : [{ pipeline, step, object }];
    }),
  );
}

async function targetOf(store: Store, path: string): Promise<string | undefined> {
  try {
    if ((await lstat(path)).isSymbolicLink()) return await readlink(path);
    const object = objectOfFile(store, path);
    if (object !== undefined) return relative(dirname(path), join(store.objects, object));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  throw new UserError(`Cannot show an artifact as ${path}: something else is there; move it away`, {
    code: 'name-taken',
    exit: EXIT.storage,
  });
}

/** Windows lets everybody make junctions, but not replace one by a rename. */
async function replaceJunction(path: string, target: string, present: string | undefined): Promise<void> {
  if (present !== undefined) await rm(path);
  await symlink(target, path, 'junction');
}
