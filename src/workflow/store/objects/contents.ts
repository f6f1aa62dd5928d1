import { open, readdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { forEachPooled } from '../../../kit/streams/for-each-pooled';
import { canonicalJson } from '../../../kit/text/canonical-json';
import { FILE_ONLY } from '../../../kit/files/file-only';
import { sha256Text } from '../../../kit/files/sha256';
import { syncFolder } from '../../../kit/files/write-atomically';
import { markOf } from './stat-signatures';
import { MANIFEST_FILE, type FileRecord, type Look, type OutputRecord } from './manifest';

/** Written by the engine beside what the stage writes. */
export const LOG_FILE = 'log.txt';
export const METRICS_FILE = 'metrics.json';
export const HEADLINE_FILE = 'headline.txt';

// Most of the work is waiting for the disk, which Node does in four threads by default.
const AT_ONCE = 8;
const CHUNK = 1 << 20;

/** All that an artifact holds but its manifest. */
export interface Contents {
  /** Sorted by path, with size and digest. */
  readonly files: readonly FileRecord[];
  /** Relative paths of all sub-folders, sorted. */
  readonly folders: readonly string[];
  /** By path of a file: its mark from before it was read. */
  readonly marks: ReadonlyMap<string, string>;
}

/** What is seen of a folder without reading its files: relative paths, sorted. */
export interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Links, pipes and the like. */
  readonly others: readonly string[];
}

/**
 * Reads everything in a folder that a stage has written, and waits until it is on the disk, the folder itself excepted. Rejects for a
 * link, whose content could change behind the digest.
 */
export async function listContents(folder: string): Promise<Contents> {
  const { files: paths, folders, others } = await list(folder);
  if (others.length > 0) {
    throw new Error(`Cannot keep ${join(folder, others[0]!)}: a stage may write files and folders only`);
  }
  const files: FileRecord[] = [];
  const marks = new Map<string, string>();
  await forEachPooled(
    paths.filter(path => path !== MANIFEST_FILE),
    AT_ONCE,
    async path => ({ path, ...(await digestFile(join(folder, path), { sync: true })) }),
    ({ path, bytes, sha256, mark }) => {
      files.push({ path, bytes, sha256 });
      marks.set(path, mark);
    },
  );
  for (const inner of folders) await syncFolder(join(folder, inner));
  return { files, folders, marks };
}

/**
 * Size and digest of a file, and its mark from before it was read. Constant memory. Rejects for what is not a file.
 * @param sync wait until it is on the disk, first: from then on every write shows in its times, also one through a mapping
 */
export async function digestFile(
  path: string,
  { sync = false }: { readonly sync?: boolean } = {},
): Promise<Omit<FileRecord, 'path'> & { readonly mark: string }> {
  // Windows lets nobody wait for a file that is open for reading only.
  const handle = await open(path, sync && process.platform === 'win32' ? 'r+' : FILE_ONLY);
  try {
    if (sync) await handle.sync();
    const stat = await handle.stat({ bigint: true });
    if (!stat.isFile()) throw new Error(`Cannot read ${path}: it is not a file`);
    const hash = createHash('sha256');
    // One more than it holds, so that the end of a small file is noticed by the first read.
    const buffer = Buffer.allocUnsafe(Math.min(Number(stat.size) + 1, CHUNK));
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { bytes, sha256: hash.digest('hex'), mark: markOf(stat) };
  } finally {
    await handle.close();
  }
}

/** @param closed name of a folder in it that is named and not looked into */
export async function list(folder: string, closed?: string): Promise<Listing> {
  const listing = { files: [] as string[], folders: [] as string[], others: [] as string[] };
  const waiting = [''];
  for (const prefix of waiting) {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = prefix + entry.name;
      (entry.isDirectory() ? listing.folders : entry.isFile() ? listing.files : listing.others).push(path);
      if (entry.isDirectory() && path !== closed) waiting.push(`${path}/`);
    }
  }
  return { files: listing.files.sort(), folders: listing.folders.sort(), others: listing.others.sort() };
}

/** Name of an object's folder: 32 hexadecimal digits of the digest of all it holds, but for what it says about its making. */
export function objectId(
  stage: string,
  outputs: Readonly<Record<string, string>>,
  looks: readonly Look[],
  files: readonly FileRecord[],
): string {
  // Files that are local to this machine count, so that equal artifacts that point elsewhere stay apart.
  const own = files.filter(({ path }) => path !== LOG_FILE).map(({ path, sha256 }) => [path, sha256]);
  return sha256Text(canonicalJson({ stage, outputs, looks, files: own })).slice(0, 32);
}

/** Digest of a whole artifact. */
export function artifactDigest(files: readonly FileRecord[]): string {
  return digestOf(files.filter(file => file.path !== LOG_FILE && !isLocal(file.path)));
}

/** What one output port's folder holds. */
export function describeOutput(files: readonly FileRecord[], port: string, type: string): OutputRecord {
  const own = files.filter(file => file.path.startsWith(`${port}/`));
  const shared = own
    .filter(file => !isLocal(file.path))
    .map(file => ({ ...file, path: file.path.slice(port.length + 1) }));
  return { type, digest: digestOf(shared), files: own.length, bytes: totalBytes(own) };
}

export function totalBytes(files: readonly FileRecord[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

/** Files with paths of this machine; they are not part of an artifact's content. */
export function isLocal(path: string): boolean {
  return path.endsWith('.local.json');
}

function digestOf(files: readonly FileRecord[]): string {
  return `sha256:${sha256Text(canonicalJson(files.map(file => [file.path, file.sha256])))}`;
}
