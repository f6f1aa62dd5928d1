import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findRepository, type Repository } from './git-repository';
import { makeStandIn, writeSettings } from './git-stand-in';

/** The git state of the folder of a pipeline file. */
export interface GitState {
  readonly commit: string;
  /** Null when no branch is checked out. */
  readonly branch: string | null;
  /** Whether anything is not committed; null when git took too long, or only programs that are never run could find out. */
  readonly dirty: boolean | null;
  /** Files that git does not know, relative to the repository; at most 100. */
  readonly untracked: readonly string[];
  /** The differences from the commit; empty when there are none. */
  readonly diff: string;
}

export interface GitOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Stops git; the answer is what is known so far. */
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 2000;
const MOST_DIFF = 1_000_000;
const MOST_UNTRACKED = 100;
/** At most this many changed files are checked for a filter; among more, some will have none. */
const MOST_FILTERED = 500;

/**
 * Asks git, in processes of its own. Null where there is no git, no repository or no commit. Never rejects. No program that the repository names is
 * run: git gets a stand-in for its `.git`, with another configuration, and none of git's variables.
 */
export async function readGitState(folder: string, options: GitOptions): Promise<GitState | null> {
  let standIn: string | undefined;
  try {
    const repository = await findRepository(folder);
    if (repository === undefined) return null;
    standIn = await makeStandIn(repository);
    const ask = asker(repository, standIn, options);
    await settle(repository, standIn, ask);
    return await askState(ask, repository);
  } catch {
    return null;
  } finally {
    if (standIn !== undefined) await rm(standIn, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** `asUser`: with the configuration of the user and of the system. */
type Ask = (args: readonly string[], options?: { readonly asUser?: boolean }) => Promise<Answer>;

interface Answer {
  readonly text: string;
  /** Whether the output is complete and git reported success. */
  readonly whole: boolean;
}

/** Gives the stand-in its configuration: the harmless settings of the repository, and the files that the user ignores. */
async function settle({ common }: Repository, standIn: string, ask: Ask): Promise<void> {
  const [theirs, ignored] = await Promise.all([
    ask(['config', '--file', join(common, 'config'), '--no-includes', '--list', '-z']),
    ask(['config', '--path', '--get', 'core.excludesFile'], { asUser: true }),
  ]);
  await writeSettings(standIn, theirs.text, ignored.text.replace(/\n$/, ''));
}

async function askState(ask: Ask, repository: Repository): Promise<GitState | null> {
  const [head, status] = await Promise.all([
    ask(['rev-parse', 'HEAD', '--abbrev-ref', 'HEAD']),
    // Looking into a submodule would obey its configuration.
    ask(['status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal', '--ignore-submodules=dirty']),
  ]);
  const [commit, branch] = head.text.split('\n');
  if (!head.whole || !/^[0-9a-f]{40,64}$/.test(commit ?? '')) return null;
  const entries = status.text.split('\0').filter(entry => entry !== '');
  const untracked = entries.filter(entry => entry.startsWith('?? ')).map(entry => entry.slice(3));
  const hasChanges = untracked.length < entries.length;
  return {
    commit: commit!,
    branch: branch === 'HEAD' || branch === undefined || branch === '' ? null : branch,
    dirty: status.whole ? await isDirty(ask, entries, repository) : null,
    untracked: untracked.slice(0, MOST_UNTRACKED),
    diff: hasChanges ? await readDiff(ask) : '',
  };
}

/** @param entries of `git status` */
async function isDirty(ask: Ask, entries: readonly string[], { workTree }: Repository): Promise<boolean | null> {
  // Submodules were not searched.
  if (entries.length === 0) return existsSync(join(workTree, '.gitmodules')) ? null : false;
  const touched = entries.filter(entry => entry.startsWith(' M ')).map(entry => entry.slice(3));
  if (touched.length < entries.length || touched.length > MOST_FILTERED) return true;
  // The repository stores such a file (Git LFS) as a program converted it, so only that program could compare them.
  const { text, whole } = await ask(['check-attr', '-z', 'filter', '--', ...touched]);
  const filters = text.split('\0').filter((_, index) => index % 3 === 2);
  return whole && filters.every(filter => !['unspecified', 'unset', ''].includes(filter)) ? null : true;
}

async function readDiff(ask: Ask): Promise<string> {
  const { text, whole } = await ask([
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--ignore-submodules=dirty',
    'HEAD',
  ]);
  return whole ? text : `${text}\n[cut off: longer than ${MOST_DIFF} bytes, or git took too long]\n`;
}

/** Asks git about a repository whose `.git` is the stand-in. */
function asker(repository: Repository, standIn: string, { env, signal }: GitOptions): Ask {
  return (args, { asUser = false } = {}) =>
    new Promise(resolve => {
      const settings = {
        // Not the folder of the repository, where Windows would look for a program with the name.
        cwd: standIn,
        signal,
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL',
        maxBuffer: MOST_DIFF,
        encoding: 'utf8',
        env: { ...gitEnvironment(env), ...(asUser ? {} : NO_SETTINGS), ...placesOf(repository, standIn) },
      } as const;
      try {
        execFile('git', args, settings, (error, stdout) => resolve({ text: stdout, whole: error === null }));
      } catch {
        // The system has no process or memory left.
        resolve({ text: '', whole: false });
      }
    });
}

/** Without what is meant for git, as it is set inside a hook: it may name programs and other repositories. And without touching the index. */
function gitEnvironment(env: GitOptions['env']): Record<string, string | undefined> {
  const others = Object.entries(env).filter(([name]) => !/^GIT_/i.test(name));
  return { ...Object.fromEntries(others), GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
}

/** The user's own filters stay away too: a repository says to which files they belong. */
const NO_SETTINGS = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null' };

function placesOf({ workTree, own, common }: Repository, standIn: string): Record<string, string> {
  return {
    GIT_DIR: standIn,
    GIT_WORK_TREE: workTree,
    GIT_INDEX_FILE: join(own, 'index'),
    GIT_OBJECT_DIRECTORY: join(common, 'objects'),
  };
}
