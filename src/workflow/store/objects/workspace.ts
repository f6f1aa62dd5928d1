import { existsSync, lstatSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PICTURES_FOLDER } from '../../../stage';
import { errnoOf } from '../../../kit/files/errno';
import { rename } from '../../../kit/files/rename';
import { sealedText } from '../../../kit/files/sealed-json';
import { syncFolder, writeDurably } from '../../../kit/files/write-atomically';
import { ACTION_FORMAT, type Action, type KeyLeaves, type Production } from '../actions/action';
import { readAction, writeAction } from '../actions/actions';
import { artifactDigest, describeOutput, listContents, objectId, totalBytes, type Contents } from './contents';
import { firstDifference } from './difference';
import { discard, keepForPerson } from './leftovers';
import { MANIFEST_FILE, MANIFEST_FORMAT, type Manifest } from './manifest';
import { markOf } from './stat-signatures';
import { checkObject, objectFolder, remember } from './objects';
import { claim, endSigns, release, temporaryName } from '../leases/owner';
import { quarantine } from '../upkeep/quarantine';
import { inStorage } from '../storage-error';
import type { Artifact, Store } from '../store';

/** The folder in which an artifact is being made. No reader can mistake it for a finished one. */
export interface Workspace {
  readonly key: string;
  readonly folder: string;
  /** Names of the sub-folders for the output ports. */
  readonly ports: readonly string[];
}

/** What the caller knows about an artifact; the rest is read from the folder. */
export type Draft = Omit<Production, 'key'> &
  Pick<Manifest, 'stage' | 'looks' | 'headline' | 'metrics'> & {
    /** Type by output port. */
    readonly outputs: Readonly<Record<string, string>>;
    readonly leaves: KeyLeaves;
    readonly accepted: Action['accepted'];
  };

/** A finished artifact, and the first file in which an earlier execution with the same key was different; null when there was none. */
export type Committed = Artifact & { readonly differs: string | null };

/** Makes an empty folder to work in, with a sub-folder for each output port. */
export async function beginArtifact(store: Store, key: string, ports: readonly string[]): Promise<Workspace> {
  const workspace = { key, folder: join(store.temporary, temporaryName(key, store.clock.randomName())), ports };
  assertNoPictures(ports);
  return inStorage(store.root, async () => {
    try {
      await claim(store, workspace.folder);
      await mkdir(workspace.folder);
      for (const port of ports) await mkdir(join(workspace.folder, port));
      return workspace;
    } catch (error) {
      await abandonArtifact(workspace);
      throw error;
    }
  });
}

/**
 * Removes a workspace whose work failed, but for what is to outlive it: see `keepForPerson`. Resolves to where that is now, or undefined. Never
 * rejects: what went wrong before is what a person must hear of.
 */
export async function failArtifact(store: Store, workspace: Workspace): Promise<string | undefined> {
  const kept = join(store.failed, workspace.key);
  try {
    return (await keepForPerson(workspace, kept)) ? kept : undefined;
  } catch {
    return undefined;
  } finally {
    await abandonArtifact(workspace);
  }
}

/** Removes a workspace and all that is in it. What cannot be removed is left to the next run. */
export async function abandonArtifact({ folder }: Pick<Workspace, 'folder'>): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await release(folder);
  } catch {
    // Signed by this process, so it is removed when this process is gone.
    endSigns(folder);
  }
}

/**
 * Turns a workspace into an artifact: digests, the manifest, one rename, and last the record of the action, each on the disk before the next. An
 * equal object that exists is kept, and a damaged one in the way is moved to quarantine. When this rejects, the work is not done, and the workspace
 * is still to be abandoned.
 */
export async function commitArtifact(store: Store, workspace: Workspace, draft: Draft): Promise<Committed> {
  return inStorage(store.root, async () => {
    assertPorts(workspace);
    const seen = store.clock.now();
    const contents = await listContents(workspace.folder);
    assertNoPictures([...contents.files.map(({ path }) => path), ...contents.folders]);
    const manifest = describe(workspace.key, draft, contents);
    await writeDurably(join(workspace.folder, MANIFEST_FILE), sealedText(manifest));
    await syncFolder(workspace.folder);
    const id = objectId(draft.stage.name, draft.outputs, draft.looks, contents.files);
    const folder = objectFolder(store, id);
    const other = await moveIntoPlace(store, workspace, id);
    if (other === undefined) await remember(store, id, marksIn(folder, contents), seen);
    const { action, differs } = await act(store, workspace.key, draft, id, other ?? manifest);
    // A collection could have removed the equal one before the record referred to it.
    if (other !== undefined && !existsSync(join(folder, MANIFEST_FILE))) await moveIntoPlace(store, workspace, id);
    await abandonArtifact(workspace);
    await discard(store, join(store.failed, workspace.key));
    return { folder, manifest: other ?? manifest, action, differs };
  });
}

function assertPorts({ folder, ports }: Workspace): void {
  for (const port of ports) {
    if (lstatSync(join(folder, port), { throwIfNoEntry: false })?.isDirectory() === true) continue;
    throw new Error(`A stage has removed or replaced the folder of its output "${port}"`);
  }
}

/** They are drawn from what is finished, and may be drawn again: files there are not part of a result. */
function assertNoPictures(paths: readonly string[]): void {
  // To some file systems these are one name.
  const taken = paths.find(path => path.split('/')[0]!.toLowerCase() === PICTURES_FOLDER);
  if (taken === undefined) return;
  throw new Error(
    `A stage has an output or a file "${taken}", and "${PICTURES_FOLDER}" is kept for what its "pictures" draw: give it another name`,
  );
}

function describe(key: string, draft: Draft, { files, folders }: Contents): Manifest {
  const { stage, looks, headline, metrics } = draft;
  const described = Object.entries(draft.outputs).map(([port, type]) => [port, describeOutput(files, port, type)]);
  return {
    kind: 'fairdistill-artifact',
    format: MANIFEST_FORMAT,
    ...productionOf(key, draft),
    stage,
    outputs: Object.fromEntries(described) as Manifest['outputs'],
    digest: artifactDigest(files),
    bytes: totalBytes(files),
    files,
    folders,
    looks,
    headline,
    metrics,
  };
}

function productionOf(key: string, draft: Draft): Production {
  const { pipeline, step, run, options, inputs, externals, engine } = draft;
  const { started, finished, seconds, peakMemory, host, rows } = draft;
  return {
    key,
    pipeline,
    step,
    run,
    options,
    inputs,
    externals,
    engine,
    started,
    finished,
    seconds,
    peakMemory,
    host,
    rows,
  };
}

/** Resolves to the manifest of an equal, sound object that exists; then the workspace was not moved. */
async function moveIntoPlace(store: Store, workspace: Workspace, id: string): Promise<Manifest | undefined> {
  const path = objectFolder(store, id);
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(workspace.folder, path);
      await syncFolder(store.objects);
      return undefined;
    } catch (error) {
      // EPERM is what Windows says, ENOTDIR what comes of a file that is in the way.
      if (attempt > 2 || !['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
      const other = await checkObject(store, id);
      if (typeof other !== 'string') return other;
      await quarantine(store, { path, expected: `the object ${id}, as its manifest describes it`, found: other });
    }
  }
}

function marksIn(folder: string, { folders, marks }: Contents): Map<string, string> {
  // Folders and manifest are looked at where they are now: the move has touched the uppermost.
  const paths = ['', MANIFEST_FILE, ...folders];
  return new Map([
    ...marks,
    ...paths.map(path => [path, markOf(lstatSync(join(folder, path), { bigint: true }))] as const),
  ]);
}

async function act(
  store: Store,
  key: string,
  draft: Draft,
  object: string,
  { digest, bytes }: Manifest,
): Promise<{ readonly action: Action; readonly differs: string | null }> {
  const present = await readAction(store, key);
  // An accepted result came from other work, and says nothing about this.
  const before = present?.accepted === null ? present : undefined;
  const { stage, leaves, accepted } = draft;
  const action: Action = {
    kind: 'fairdistill-action',
    format: ACTION_FORMAT,
    ...productionOf(key, draft),
    leaves,
    accepted,
    stage: { name: stage.name, version: stage.version },
    object,
    digest,
    bytes,
    others: [...new Set([...(present?.others ?? []), ...(before === undefined ? [] : [before.object])])].filter(
      other => other !== object,
    ),
  };
  const differs =
    before === undefined || before.object === object ? null : firstDifference(store, before.object, object);
  await writeAction(store, action);
  return { action, differs };
}
