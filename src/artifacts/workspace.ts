import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LEFT_ON_FAILURE } from '../stage';
import { errnoOf } from '../util/errno';
import { writeDurably } from '../util/write-atomically';
import { artifactDigest, describeOutput, listContents, totalBytes } from './contents';
import { MANIFEST_FILE, MANIFEST_FORMAT, type Manifest } from './manifest';
import { claim, release, temporaryName } from './owner';
import { inStorage } from './storage-error';
import { findArtifact, type Artifact, type Store } from './store';

/** The folder in which an artifact is being made. Nobody takes it for a finished one. */
export interface Workspace {
  readonly key: string;
  readonly folder: string;
}

/** What the caller knows about an artifact; the rest of the manifest is read from the folder. */
export type Draft = Omit<Manifest, 'kind' | 'format' | 'key' | 'outputs' | 'files' | 'digest' | 'bytes'> & {
  /** Type by output port. */
  readonly outputs: Readonly<Record<string, string>>;
};

/** Makes an empty folder to work in, with a sub-folder for each output port. */
export async function beginArtifact(store: Store, key: string, ports: readonly string[]): Promise<Workspace> {
  const folder = join(store.temporary, temporaryName(key, store.clock.randomName()));
  return inStorage(store.root, async () => {
    await claim(folder);
    await mkdir(folder);
    for (const port of ports) await mkdir(join(folder, port));
    return { key, folder };
  });
}

/** Removes a workspace whose work failed, but for what is to outlive it. Resolves to where that is now. */
export async function failArtifact(store: Store, workspace: Workspace): Promise<string | undefined> {
  const left = join(workspace.folder, LEFT_ON_FAILURE);
  const kept = join(store.failed, workspace.key);
  try {
    if (!existsSync(left)) return undefined;
    await mkdir(store.failed, { recursive: true });
    await rm(kept, { recursive: true, force: true });
    await rename(left, kept);
    return kept;
  } finally {
    await abandonArtifact(workspace);
  }
}

/** Removes a workspace and all that is in it. */
export async function abandonArtifact(workspace: Workspace): Promise<void> {
  await rm(workspace.folder, { recursive: true, force: true, maxRetries: 3 });
  await release(workspace.folder);
}

/**
 * Turns a workspace into an artifact: digests, then the manifest, then one rename. An artifact that another process has
 * finished meanwhile is kept and returned, unless `replace` is set.
 */
export async function commitArtifact(
  store: Store,
  workspace: Workspace,
  draft: Draft,
  { replace }: { readonly replace: boolean },
): Promise<Artifact> {
  return inStorage(store.root, async () => {
    const manifest = await describe(workspace, draft);
    await writeDurably(join(workspace.folder, MANIFEST_FILE), JSON.stringify(manifest, null, 1) + '\n');
    const folder = join(store.objects, workspace.key);
    const old = replace ? await moveAside(store, workspace.key) : undefined;
    const kept = await moveIntoPlace(store, workspace, folder);
    if (old !== undefined) await abandonArtifact(old);
    await rm(join(store.failed, workspace.key), { recursive: true, force: true });
    await syncFolder(store.objects);
    return kept ?? { folder, manifest };
  });
}

async function describe({ folder, key }: Workspace, draft: Draft): Promise<Manifest> {
  const files = await listContents(folder);
  const outputs = Object.entries(draft.outputs).map(([port, type]) => [port, describeOutput(files, port, type)]);
  return {
    kind: 'fairdistill-artifact',
    format: MANIFEST_FORMAT,
    ...draft,
    key,
    outputs: Object.fromEntries(outputs) as Manifest['outputs'],
    digest: artifactDigest(files),
    bytes: totalBytes(files),
    files,
  };
}

async function moveIntoPlace(store: Store, workspace: Workspace, folder: string): Promise<Artifact | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(workspace.folder, folder);
      await release(workspace.folder);
      return undefined;
    } catch (error) {
      // EPERM is what Windows says.
      if (attempt > 1 || !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
      const other = await findArtifact(store, workspace.key);
      if (!other.found) continue;
      await abandonArtifact(workspace);
      return other.artifact;
    }
  }
}

async function moveAside(store: Store, key: string): Promise<Workspace | undefined> {
  const aside = join(store.temporary, temporaryName(`${key}.old`, store.clock.randomName()));
  await claim(aside);
  try {
    await rename(join(store.objects, key), aside);
    return { key, folder: aside };
  } catch (error) {
    await release(aside);
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Waits until the rename itself is on the disk. Windows cannot open a folder, and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
