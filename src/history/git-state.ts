import { execFile } from 'node:child_process';

/** What git says about the folder of a pipeline file. */
export interface GitState {
  readonly commit: string;
  /** Null when no branch is checked out. */
  readonly branch: string | null;
  /** Whether anything is not committed; null when git did not say in time. */
  readonly dirty: boolean | null;
  /** Files that git does not know, relative to the repository; at most 100. */
  readonly untracked: readonly string[];
  /** What differs from the commit; empty when nothing does. */
  readonly diff: string;
}

export interface GitOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the questions; what is known by then is the answer. */
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 2000;
const MOST_DIFF = 1_000_000;
const MOST_UNTRACKED = 100;

/** Asks git, in processes of its own. Null where there is no git, no repository or no commit. Never rejects. */
export async function readGitState(folder: string, options: GitOptions): Promise<GitState | null> {
  const [head, status] = await Promise.all([
    git(folder, ['rev-parse', 'HEAD', '--abbrev-ref', 'HEAD'], options),
    git(folder, ['status', '--porcelain', '-z', '--untracked-files=normal'], options),
  ]);
  const [commit, branch] = head.text.split('\n');
  if (!head.whole || !/^[0-9a-f]{40,64}$/.test(commit ?? '')) return null;
  const entries = status.text.split('\0').filter(entry => entry !== '');
  const untracked = entries.filter(entry => entry.startsWith('?? ')).map(entry => entry.slice(3));
  const hasChanges = untracked.length < entries.length;
  return {
    commit: commit!,
    branch: branch === 'HEAD' || branch === undefined || branch === '' ? null : branch,
    dirty: status.whole ? entries.length > 0 : null,
    untracked: untracked.slice(0, MOST_UNTRACKED),
    diff: hasChanges ? await readDiff(folder, options) : '',
  };
}

async function readDiff(folder: string, options: GitOptions): Promise<string> {
  // Programs that the repository names for showing differences are not run.
  const { text, whole } = await git(folder, ['diff', '--no-ext-diff', '--no-textconv', '--no-color', 'HEAD'], options);
  return whole ? text : `${text}\n[cut off: longer than ${MOST_DIFF} bytes, or git took too long]\n`;
}

interface Answer {
  readonly text: string;
  /** Not cut off, and git was content. */
  readonly whole: boolean;
}

function git(cwd: string, args: readonly string[], { env, signal }: GitOptions): Promise<Answer> {
  return new Promise(resolve => {
    const settings = {
      cwd,
      signal,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MOST_DIFF,
      encoding: 'utf8',
      env: gitEnvironment(env),
    } as const;
    try {
      // A repository may name a program that watches its files; it is not ours to start.
      execFile('git', ['-c', 'core.fsmonitor=false', ...args], settings, (error, stdout) =>
        resolve({ text: stdout, whole: error === null }),
      );
    } catch {
      // No more processes, or no memory for one.
      resolve({ text: '', whole: false });
    }
  });
}

/** Without what would point to another repository, as it is set inside a hook; and without touching the index. */
function gitEnvironment(env: GitOptions['env']): Record<string, string | undefined> {
  const others = Object.entries(env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR)$/.test(name));
  return { ...Object.fromEntries(others), GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}
