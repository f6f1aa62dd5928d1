import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { forEachPooled } from '../../../kit/streams/for-each-pooled';
import { errnoOf } from '../../../kit/files/errno';
import { doubtfulFileSystem } from '../../../kit/files/file-times';
import { digestFile, objectId } from './contents';
import type { Store } from '../layout';
import { MANIFEST_FILE, readManifest, type FileRecord, type Manifest } from './manifest';
import { markOf, mayChangeSilently, readMarks, writeMarks } from './stat-signatures';
import { strangersIn } from './strangers';

const AT_ONCE = 4;

export interface CheckOptions {
  /** Read every file, also those that look as they did when they were last found right, and record nothing. Default false. */
  readonly everything?: boolean;
  /** Called with the paths in the object that do not belong to it; these are no damage. */
  readonly onStrangers?: (paths: readonly string[]) => void;
}

export function objectFolder(store: Store, id: string): string {
  return join(store.objects, id);
}

/**
 * Checks an object against its manifest: nothing missing, every size right, and every digest of what does not look as it did when it was last found
 * right. Extra files are reported, but are no damage. Returns the manifest, or a sentence that says what is wrong. Writes only the record of the
 * check.
 */
export async function checkObject(store: Store, id: string, options: CheckOptions = {}): Promise<Manifest | string> {
  try {
    return await check(store, id, options);
  } catch (error) {
    // Somebody takes it away while it is looked at.
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return 'a part of the object is missing';
    throw error;
  }
}

async function check(
  store: Store,
  id: string,
  { everything = false, onStrangers }: CheckOptions,
): Promise<Manifest | string> {
  const known = everything ? {} : await readMarks(store, id);
  const seen = store.clock.now();
  const folder = objectFolder(store, id);
  const looked = look(folder, id, known);
  if (typeof looked === 'string') return looked;
  const { manifest, marks, suspects, isFolderSuspect } = looked;
  const isSilent = (path: string): boolean => mayChangeSilently(marks.get(path), seen);
  const damage = await digest(folder, suspects, { marks, isSilent });
  if (damage !== undefined) return damage;
  if (isSilent(MANIFEST_FILE) && known[MANIFEST_FILE] !== marks.get(MANIFEST_FILE)) {
    // Once more, on the disk: then every later write shows.
    marks.set(MANIFEST_FILE, (await digestFile(join(folder, MANIFEST_FILE), { sync: true })).mark);
    const again = readManifest(folder);
    if (typeof again === 'string') return again;
  }
  const strangers = isFolderSuspect ? await strangersIn(folder, manifest) : [];
  if (strangers.length > 0) {
    onStrangers?.(strangers);
    // While they are there, every check must report them, so the times of the folders are not recorded.
    for (const path of ['', ...manifest.folders]) marks.delete(path);
  }
  const isNews = suspects.length > 0 || (isFolderSuspect && strangers.length === 0);
  if (isNews && marks.size > 0 && !everything) await remember(store, id, marks, seen);
  return manifest;
}

/** Records how an object looks that is right. A record that cannot be written costs no more than time. */
export async function remember(
  store: Store,
  id: string,
  marks: ReadonlyMap<string, string>,
  seen: number,
): Promise<void> {
  await writeMarks(store, id, marks, seen).catch(() => undefined);
}

interface Looked {
  readonly manifest: Manifest;
  readonly marks: Map<string, string>;
  /** Files whose content has to be read. */
  readonly suspects: readonly FileRecord[];
  /** Whether a name may have been added. */
  readonly isFolderSuspect: boolean;
}

// Synchronous, because thousands of promises cost more than the calls themselves.
function look(folder: string, id: string, known: Readonly<Record<string, string>>): Looked | string {
  const marks = new Map<string, string>();
  const suspects: FileRecord[] = [];
  let isFolderSuspect = false;
  /** Whether it looks as it did; a sentence when it cannot be right. */
  const compare = (path: string, bytes: number | null): boolean | string => {
    const stat = lstatSync(path === '' ? folder : `${folder}/${path}`, { bigint: true, throwIfNoEntry: false });
    const name = path === '' ? 'the object' : path;
    if (stat === undefined) return `${name} is missing`;
    if (bytes === null && !stat.isDirectory()) return `${name} is not a folder`;
    if (bytes !== null && !stat.isFile()) return `${name} is not a file`;
    if (bytes !== null && bytes >= 0 && stat.size !== BigInt(bytes))
      return `${name} has ${stat.size} bytes instead of ${bytes}`;
    if (doubtfulFileSystem(folder, stat.dev) !== undefined) return false;
    const mark = markOf(stat);
    marks.set(path, mark);
    return Object.hasOwn(known, path) && known[path] === mark;
  };

  const top = compare('', null);
  if (typeof top === 'string') return top;
  const trusted = compare(MANIFEST_FILE, -1);
  if (typeof trusted === 'string') return trusted;
  const manifest = readManifest(folder, { trusted });
  if (typeof manifest === 'string') return manifest;
  if (!trusted && idOf(manifest) !== id) return `${MANIFEST_FILE} is that of the object ${idOf(manifest)}`;
  isFolderSuspect = !top || !trusted;
  for (const path of manifest.folders) {
    const same = compare(path, null);
    if (typeof same === 'string') return same;
    isFolderSuspect ||= !same;
  }
  for (const file of manifest.files) {
    const same = compare(file.path, file.bytes);
    if (typeof same === 'string') return same;
    if (!same) suspects.push(file);
  }
  return { manifest, marks, suspects, isFolderSuspect };
}

/** Takes the marks again of files that may have been written through a mapping just now. */
async function digest(
  folder: string,
  files: readonly FileRecord[],
  { marks, isSilent }: { readonly marks: Map<string, string>; readonly isSilent: (path: string) => boolean },
): Promise<string | undefined> {
  let damage: string | undefined;
  await forEachPooled(
    files,
    AT_ONCE,
    ({ path }) =>
      damage === undefined ? digestFile(join(folder, path), { sync: isSilent(path) }) : Promise.resolve(undefined),
    (found, index) => {
      const { path, sha256 } = files[index]!;
      if (found !== undefined && isSilent(path)) marks.set(path, found.mark);
      if (found !== undefined && found.sha256 !== sha256)
        damage ??= `${path} has the SHA-256 ${found.sha256} instead of ${sha256}`;
    },
  );
  return damage;
}

function idOf({ stage, outputs, looks, files }: Manifest): string {
  const types = Object.entries(outputs).map(([port, { type }]) => [port, type]);
  return objectId(stage.name, Object.fromEntries(types) as Record<string, string>, looks, files);
}
