import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Bytes } from '../../kit/files/sha256';

/** Libraries of the system that a package loads where it was compiled against them, by their names on disk. */
const LOADED: Readonly<Record<string, RegExp>> = {
  sharp: /^libvips(-cpp)?(\.so\.\d+|\.\d+\.dylib)$/,
};

/** Where the loaders of Linux and macOS look, after the folders of `LD_LIBRARY_PATH`. */
const FOLDERS = [
  '/usr/local/lib',
  '/usr/local/lib64',
  ...multiarch('/usr/local/lib'),
  ...multiarch('/usr/lib'),
  '/usr/lib64',
  '/usr/lib',
  '/opt/homebrew/lib',
];

/** By name of a library the digest of the one that a loader would take; nothing for a package that is not known to load any. */
export function systemLibraries(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  folders: readonly string[] = FOLDERS,
): [string, string][] {
  const wanted = LOADED[name];
  if (wanted === undefined) return [];
  const first = new Map<string, string>();
  for (const folder of [...foldersIn(env['LD_LIBRARY_PATH']), ...foldersIn(env['DYLD_LIBRARY_PATH']), ...folders]) {
    for (const file of namesIn(folder)) if (wanted.test(file) && !first.has(file)) first.set(file, join(folder, file));
  }
  return [...first].map(([file, path]) => [file, digestOf(path)]);
}

function digestOf(path: string): string {
  try {
    return sha256Bytes(readFileSync(path));
  } catch {
    return 'unreadable';
  }
}

function foldersIn(list = ''): string[] {
  return list.split(':').filter(folder => folder !== '');
}

function multiarch(folder: string): string[] {
  return namesIn(folder)
    .filter(name => /-linux-(gnu|musl)/.test(name))
    .map(name => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
