import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { forEachPooled } from '../streams/for-each-pooled';
import { canonicalJson } from '../util/canonical-json';
import { sha256File, sha256Text } from '../util/sha256';
import { MANIFEST_FILE, type FileRecord, type OutputRecord } from './manifest';

/** Written by the engine beside what the stage writes. */
export const LOG_FILE = 'log.txt';
export const METRICS_FILE = 'metrics.json';
export const HEADLINE_FILE = 'headline.txt';

const AT_ONCE = 4;

/** Every file of an artifact but its manifest, sorted by path, with size and digest. */
export async function listContents(folder: string): Promise<FileRecord[]> {
  const paths = (await walk(folder, '')).filter(path => path !== MANIFEST_FILE).sort();
  const files: FileRecord[] = [];
  await forEachPooled(
    paths,
    AT_ONCE,
    async path => {
      const { size } = await stat(join(folder, path));
      return { path, bytes: size, sha256: await sha256File(join(folder, path), size) };
    },
    file => files.push(file),
  );
  return files;
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

/** Files that say where things lie on this machine; they are not part of what an artifact is. */
function isLocal(path: string): boolean {
  return path.endsWith('.local.json');
}

function digestOf(files: readonly FileRecord[]): string {
  return `sha256:${sha256Text(canonicalJson(files.map(file => [file.path, file.sha256])))}`;
}

async function walk(folder: string, prefix: string, paths: string[] = []): Promise<string[]> {
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix + entry.name;
    if (entry.isDirectory()) await walk(folder, `${path}/`, paths);
    else if (entry.isFile()) paths.push(path);
    // A link could change behind the digest, so an artifact may not hold one.
    else throw new Error(`Cannot keep ${join(folder, path)}: a stage may write files and folders only`);
  }
  return paths;
}
