import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { lstat, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { EXIT, UserError } from '../errors';
import { errnoOf } from '../util/errno';
import { makeFolder } from '../util/make-folder';
import { rename } from '../util/rename';
import { temporaryName } from './owner';
import { inStorage } from './storage-error';
import type { Store } from './layout';

/** The folder of a pipeline that people open. */
export function pipelineFolder(store: Store, pipeline: string): string {
  return join(store.root, pipeline);
}

/** Path under which people find the newest artifact of a step. */
export function namedPath(store: Store, pipeline: string, step: string): string {
  return join(pipelineFolder(store, pipeline), step);
}

/** Folder under `objects/` of the artifact that a step's name shows, or undefined. */
export function namedObject(store: Store, pipeline: string, step: string): string | undefined {
  try {
    const path = namedPath(store, pipeline, step);
    const target = resolve(dirname(path), readlinkSync(path));
    return dirname(target) === store.objects ? basename(target) : undefined;
  } catch {
    return undefined;
  }
}

/** Lets `<pipeline>/<step>` show an artifact. A reader sees the old one or the new one, never none. */
export async function nameArtifact(store: Store, pipeline: string, step: string, object: string): Promise<void> {
  const path = namedPath(store, pipeline, step);
  const target = join(store.objects, object);
  return inStorage(store.root, async () => {
    await makeFolder(dirname(path));
    const present = await linkTarget(path);
    if (present === relative(dirname(path), target)) return;
    if (process.platform === 'win32') {
      return present !== undefined && resolve(present) === target ? undefined : replaceJunction(path, target, present);
    }
    const temporary = join(store.temporary, temporaryName(`${object}.link`, store.clock.randomName()));
    // The text of the link is relative to where it ends up, so that the whole folder can be moved.
    await symlink(relative(dirname(path), target), temporary);
    await rename(temporary, path);
  });
}

/** Removes the names of steps that the pipeline no longer has. Their artifacts stay in the store. */
export async function removeOtherNames(store: Store, pipeline: string, steps: readonly string[]): Promise<void> {
  const folder = pipelineFolder(store, pipeline);
  return inStorage(store.root, async () => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (steps.includes(name) || !lstatSync(path).isSymbolicLink()) continue;
      // Absolute for a junction.
      if (dirname(resolve(folder, await readlink(path))) === store.objects) await rm(path);
    }
  });
}

/** Every name of every pipeline, and the object that it shows. */
export function listNamed(store: Store): { readonly pipeline: string; readonly step: string; readonly object: string }[] {
  const folders = readdirSync(store.root, { withFileTypes: true }).filter(entry => entry.isDirectory());
  return folders.flatMap(({ name: pipeline }) =>
    readdirSync(join(store.root, pipeline)).flatMap(step => {
      const object = namedObject(store, pipeline, step);
      return object === undefined ? [] : [{ pipeline, step, object }];
    }),
  );
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    if ((await lstat(path)).isSymbolicLink()) return await readlink(path);
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
