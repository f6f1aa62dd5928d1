import { open, stat } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folders of a repository. Absolute paths. */
export interface Repository {
  /** The folder with the files that people edit. */
  readonly workTree: string;
  /** HEAD and index: `.git`, or what a file of this name leads to in a worktree or a submodule. */
  readonly own: string;
  /** Objects, references and configuration; the same folder, but in a worktree. */
  readonly common: string;
}

/** A file of one line, or a list of rules; longer files are something else. */
const MOST_BYTES = 1_000_000;

/** Finds the repository to which a folder belongs, as git does, on the same file system. Undefined where there is none. */
export async function findRepository(folder: string): Promise<Repository | undefined> {
  const device = (await statOf(folder))?.dev;
  for (let workTree = resolve(folder); ; workTree = dirname(workTree)) {
    if ((await statOf(workTree))?.dev !== device) return undefined;
    const repository = await repositoryAt(workTree);
    if (repository !== undefined || dirname(workTree) === workTree) return repository;
  }
}

/** The text of a small file; undefined for one that is missing, too long, or no file: a pipe is not waited for. */
export async function readSmall(path: string): Promise<string | undefined> {
  try {
    // Windows has no such flag.
    const file = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    try {
      const found = await file.stat();
      return found.isFile() && found.size <= MOST_BYTES ? await file.readFile('utf8') : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

async function repositoryAt(workTree: string): Promise<Repository | undefined> {
  const entry = join(workTree, '.git');
  const found = await statOf(entry);
  if (found === undefined) return undefined;
  const own = found.isDirectory() ? entry : await led(workTree, entry, /^gitdir: (.+?)\n?$/s);
  if (own === undefined || (await readSmall(join(own, 'HEAD'))) === undefined) return undefined;
  const common = (await led(own, join(own, 'commondir'), /^(.+?)\n?$/s)) ?? own;
  return { workTree, own, common };
}

/** Where a file leads to that holds a path relative to `folder`. */
async function led(folder: string, file: string, form: RegExp): Promise<string | undefined> {
  const path = form.exec((await readSmall(file)) ?? '')?.[1];
  return path === undefined ? undefined : resolve(folder, path);
}

async function statOf(path: string): Promise<{ readonly dev: number; isDirectory(): boolean } | undefined> {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}
