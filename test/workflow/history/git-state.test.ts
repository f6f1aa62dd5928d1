import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readGitState, type GitState } from '../../../src/workflow/history/git-state';
import { temporaryFolder } from '../../helpers/temporary-folder';

let root: string;
let repository: string;
/** Where every program that must not run leaves its name. */
let ran: string;
const TMPDIR = process.env['TMPDIR'];

beforeEach(async () => {
  root = await temporaryFolder();
  for (const name of ['home', 'ran', 'tmp']) mkdirSync(join(root, name));
  ran = join(root, 'ran');
  process.env['TMPDIR'] = join(root, 'tmp');
  repository = makeRepository('repository');
});

afterEach(() => {
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  rmSync(root, { recursive: true });
});

describe('readGitState', () => {
  test('runs nothing that the configuration of a repository names, and still knows what has changed', async () => {
    arm(repository);
    writeFileSync(join(repository, 'a.txt'), 'two\n');
    const state = await read(repository);
    expect(readdirSync(ran)).toEqual([]);
    expect(state).toMatchObject({ commit: head(repository), branch: 'trial', untracked: [] });
    expect(state?.diff).toContain('-one\n+two\n');

    // The repository is as dangerous as it is meant to be.
    git(repository, 'status');
    git(repository, 'diff');
    expect(readdirSync(ran)).toEqual(expect.arrayContaining(['clean', 'external', 'fsmonitor', 'hook']));
  });

  test('runs nothing that variables for git name', async () => {
    writeFileSync(join(repository, 'b.md'), 'two\n');
    const state = await read(repository, {
      GIT_EXTERNAL_DIFF: program('variable'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: program('counted'),
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${program('parameter')}'`,
      GIT_DIR: join(process.cwd(), '.git'),
      GIT_TRACE: join(ran, 'trace'),
    });
    expect(readdirSync(ran)).toEqual([]);
    expect(state).toMatchObject({ commit: head(repository), dirty: true });
  });

  test("runs no filter of the user's own, which a repository could choose for its files", async () => {
    writeFileSync(join(root, 'home', '.gitconfig'), `[filter "x"]\n\tclean = ${program('user')}\n`);
    writeFileSync(join(repository, 'a.txt'), 'two\n');
    expect(await read(repository)).toMatchObject({ commit: head(repository) });
    expect(readdirSync(ran)).toEqual([]);
  });

  test('does not look into a submodule, and says that it does not know', async () => {
    const part = makeRepository('part');
    git(repository, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', part, 'part');
    git(repository, 'commit', '-q', '-m', 'with a part');
    arm(join(repository, 'part'));
    writeFileSync(join(repository, 'part', 'a.txt'), 'two\n');
    expect(await read(repository)).toMatchObject({ commit: head(repository), dirty: null, untracked: [], diff: '' });
    expect(readdirSync(ran)).toEqual([]);
    // In the submodule itself.
    expect(await read(join(repository, 'part'))).toMatchObject({ commit: head(part), branch: 'trial' });
    expect(readdirSync(ran)).toEqual([]);
  });

  test('knows branch and changes of a worktree, whose configuration lies elsewhere', async () => {
    const worktree = join(root, 'worktree');
    git(repository, 'worktree', 'add', '-q', '-b', 'other', worktree);
    arm(repository);
    writeFileSync(join(worktree, 'b.txt'), '');
    expect(await read(worktree)).toMatchObject({ commit: head(repository), branch: 'other', untracked: ['b.txt'] });
    expect(readdirSync(ran)).toEqual([]);
  });

  test('obeys settings by which files are compared: line ends, file modes, the lists of files to ignore', async () => {
    git(repository, 'config', 'core.autocrlf', 'true');
    git(repository, 'config', 'core.fileMode', 'false');
    writeFileSync(join(repository, 'b.txt'), 'one\r\n');
    git(repository, 'add', '.');
    git(repository, 'commit', '-q', '-m', 'second');
    chmodSync(join(repository, 'b.txt'), 0o755);
    utimesSync(join(repository, 'b.txt'), 1, 1);
    writeFileSync(join(repository, '.git', 'info', 'exclude'), '*.mine\n');
    writeFileSync(join(root, 'home', '.gitconfig'), `[core]\n\texcludesFile = ~/my "list"\n`);
    writeFileSync(join(root, 'home', 'my list'), '*.swp\n');
    for (const name of ['x.mine', 'x.swp']) writeFileSync(join(repository, name), '');
    expect(await read(repository)).toMatchObject({ dirty: false, untracked: [], diff: '' });
  });

  test('cannot tell whether files have changed that a filter would have to compare', async () => {
    writeFileSync(join(repository, '.gitattributes'), '*.bin filter=lfs\n');
    git(repository, 'config', 'filter.lfs.clean', 'tr a-z A-Z');
    writeFileSync(join(repository, 'm.bin'), 'weights');
    // Or git could not tell by the times that it has not changed since.
    utimesSync(join(repository, 'm.bin'), 2, 2);
    git(repository, 'add', '.');
    git(repository, 'commit', '-q', '-m', 'with a model');
    expect(await read(repository)).toMatchObject({ dirty: false });
    utimesSync(join(repository, 'm.bin'), 1, 1);
    expect(await read(repository)).toMatchObject({ dirty: null });
    writeFileSync(join(repository, 'b.md'), 'two\n');
    expect(await read(repository)).toMatchObject({ dirty: true });
  });

  test.each([
    ['packed references', 'pack-refs', '--all'],
    ['an index in two parts', 'update-index', '--split-index'],
    ['packed objects', 'gc', '--quiet'],
    ['a detached HEAD', 'checkout', '-q', '--detach'],
  ])('reads a repository with %s', async (name, ...command) => {
    git(repository, ...command);
    const branch = name === 'a detached HEAD' ? null : 'trial';
    expect(await read(repository)).toEqual({ commit: head(repository), branch, dirty: false, untracked: [], diff: '' });
  });

  test('reads a repository with digests of SHA-256', async () => {
    const other = makeRepository('long', '--object-format=sha256');
    expect((await read(other))?.commit).toMatch(/^[0-9a-f]{64}$/);
  });

  test('does not wait for a pipe, and takes no folder for a repository that only looks like one', async () => {
    const odd = join(root, 'odd');
    mkdirSync(join(odd, '.git', 'objects'), { recursive: true });
    mkdirSync(join(odd, '.git', 'refs'));
    expect(await read(odd)).toBeNull();
    execFileSync('mkfifo', [join(odd, '.git', 'HEAD')]);
    expect(await read(odd)).toBeNull();
    // A bare repository that came with the data.
    execFileSync('git', ['clone', '-q', '--bare', repository, join(root, 'bare')]);
    expect(await read(join(root, 'bare'))).toBeNull();
  });

  test('leaves nothing behind', async () => {
    expect(await read(repository)).not.toBeNull();
    expect(await read(repository, { PATH: '/nowhere' })).toBeNull();
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  });
});

function read(folder: string, env: Readonly<Record<string, string>> = {}): Promise<GitState | null> {
  const { signal } = new AbortController();
  return readGitState(folder, { env: { PATH: process.env['PATH'], HOME: join(root, 'home'), ...env }, signal });
}

/** With one commit, in which all text files have a filter and a driver for differences. */
function makeRepository(name: string, ...options: readonly string[]): string {
  const folder = join(root, name);
  mkdirSync(folder);
  git(folder, 'init', '-q', '-b', 'trial', ...options);
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  writeFileSync(join(folder, 'b.md'), 'one\n');
  writeFileSync(join(folder, '.gitattributes'), '*.txt filter=x diff=x\n');
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '-m', 'first');
  return realpathSync(folder);
}

/** Gives a repository programs for everything that reading it could run. */
function arm(folder: string): void {
  const common = git(folder, 'rev-parse', '--path-format=absolute', '--git-common-dir').trim();
  const set = (name: string, value: string): unknown => git(folder, 'config', name, value);
  set('filter.x.clean', program('clean'));
  set('filter.x.smudge', program('smudge'));
  set('diff.x.textconv', program('textconv'));
  set('diff.x.command', program('external'));
  set('core.pager', program('pager'));
  set('core.sshCommand', program('ssh'));
  set('core.hooksPath', join(common, 'hooks'));
  set('alias.state', `!${program('alias')}`);
  set('remote.origin.promisor', 'true');
  set('remote.origin.url', `ext::${program('remote')}`);
  const included = join(common, 'included');
  writeFileSync(included, `[diff]\n\texternal = ${program('included')}\n`);
  set('include.path', included);
  mkdirSync(join(common, 'hooks'), { recursive: true });
  execFileSync('cp', [program('hook'), join(common, 'hooks', 'post-index-change')]);
  // Last, because git asks it at once.
  set('core.fsmonitor', program('fsmonitor'));
  for (const name of readdirSync(ran)) rmSync(join(ran, name));
}

/** Path of a program that passes on what it is given, and leaves its name. */
function program(name: string): string {
  const path = join(root, `program-${name}`);
  if (!existsSync(path)) writeFileSync(path, `#!/bin/sh\ntouch ${join(ran, name)}\nexec cat\n`);
  chmodSync(path, 0o755);
  return path;
}

function head(folder: string): string {
  return git(folder, 'rev-parse', 'HEAD').trim();
}

function git(folder: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@b'];
  const env = { PATH: process.env['PATH'], HOME: join(root, 'home') };
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', env, input: '' });
}
