import { lstatSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf } from '../util/errno';
import { readManifest, type Manifest } from './manifest';
import { removeAbandoned } from './owner';
import { inStorage } from './storage-error';

/**
 * A content-addressed store in `<root>/.store`: `objects/<key>` are finished artifacts, `tmp` is work in progress, `quarantine`
 * what was found damaged, `failed/<key>` what failed stages have left, `fingerprints` what is known about files outside. Work lies as deep as objects do, because an artifact
 * may refer to a sibling by a relative path.
 */
export interface Store {
  /** Absolute path of the folder that people open. */
  readonly root: string;
  readonly objects: string;
  readonly temporary: string;
  readonly quarantine: string;
  readonly failed: string;
  readonly fingerprints: string;
  readonly clock: StoreClock;
}

/** The part of the effects that a store needs. */
export interface StoreClock {
  now(): number;
  randomName(): string;
}

/** A finished artifact. */
export interface Artifact {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export type Lookup =
  | { readonly found: true; readonly artifact: Artifact }
  /** `damage` says what was wrong with the object that was moved to quarantine. */
  | { readonly found: false; readonly damage?: string };

/** Makes the folders and removes what killed runs have left. */
export async function openStore(root: string, clock: StoreClock): Promise<Store> {
  const absolute = resolve(root);
  const hidden = join(absolute, '.store');
  const store: Store = {
    root: absolute,
    objects: join(hidden, 'objects'),
    temporary: join(hidden, 'tmp'),
    quarantine: join(hidden, 'quarantine'),
    failed: join(hidden, 'failed'),
    fingerprints: join(hidden, 'fingerprints'),
    clock,
  };
  await inStorage(absolute, async () => {
    await mkdir(store.objects, { recursive: true });
    await mkdir(store.temporary, { recursive: true });
    await removeAbandoned(store.temporary);
  });
  return store;
}

/**
 * Looks an artifact up. Every file must exist with the size that the manifest tells; what does not pass is moved to
 * quarantine, with the reason beside it, and counts as not there.
 */
export async function findArtifact(store: Store, key: string): Promise<Lookup> {
  const folder = join(store.objects, key);
  return inStorage(store.root, async () => {
    if (!exists(folder)) return { found: false };
    const checked = await check(folder, key);
    if (typeof checked !== 'string') return { found: true, artifact: { folder, manifest: checked } };
    await quarantine(store, key, checked);
    return { found: false, damage: checked };
  });
}

async function check(folder: string, key: string): Promise<Manifest | string> {
  try {
    const manifest = await readManifest(folder, key);
    return typeof manifest === 'string' ? manifest : (findDamage(folder, manifest) ?? manifest);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EISDIR' || errnoOf(error) === 'ENOTDIR') {
      return 'manifest.json is missing';
    }
    throw error;
  }
}

function findDamage(folder: string, manifest: Manifest): string | undefined {
  for (const file of manifest.files) {
    // Synchronous, because thousands of promises cost more than the calls themselves.
    const stat = lstatSync(join(folder, file.path), { throwIfNoEntry: false });
    if (stat === undefined) return `${file.path} is missing`;
    if (!stat.isFile()) return `${file.path} is not a file`;
    if (stat.size !== file.bytes) return `${file.path} has ${stat.size} bytes instead of ${file.bytes}`;
  }
  return undefined;
}

async function quarantine(store: Store, key: string, reason: string): Promise<void> {
  const name = `${key}.${store.clock.randomName()}`;
  await mkdir(store.quarantine, { recursive: true });
  await rename(join(store.objects, key), join(store.quarantine, name));
  const time = new Date(store.clock.now()).toISOString();
  await writeFile(join(store.quarantine, `${name}.txt`), `${time} moved here because ${reason}\n`);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
