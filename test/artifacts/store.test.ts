import { existsSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { nameArtifact, namedKey, removeOtherNames } from '../../src/artifacts/names';
import { asStorageError } from '../../src/artifacts/storage-error';
import { findArtifact, openStore, type Store } from '../../src/artifacts/store';
import { abandonArtifact, beginArtifact, commitArtifact, type Draft } from '../../src/artifacts/workspace';
import { UserError } from '../../src/errors';
import { CLOCK, temporaryFolder } from '../helpers/rig';

const KEY = '0123456789abcdef0123456789abcdef';
const DRAFT: Draft = {
  pipeline: 'toy',
  step: 'one',
  stage: { name: 'say', version: 1, summary: 'Says' },
  options: {},
  inputs: [],
  externals: [],
  engine: null,
  outputs: { text: 'text' },
  started: '2026-01-01T00:00:00.000Z',
  finished: '2026-01-01T00:00:01.000Z',
  seconds: 1,
  peakMemory: null,
  host: { platform: 'x', cpu: 'x', cores: 1, node: 'x' },
  looks: [],
  headline: null,
  metrics: {},
};

let root: string;
let store: Store;

beforeEach(async () => {
  root = join(await temporaryFolder(), 'artifacts');
  store = await openStore(root, CLOCK);
});

interface CommitOptions {
  readonly replace?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

async function commit(text: string, { replace = false, files = {} }: CommitOptions = {}) {
  const workspace = await beginArtifact(store, KEY, ['text']);
  await writeFile(join(workspace.folder, 'text', 'text.txt'), text);
  for (const [path, content] of Object.entries(files)) await writeFile(join(workspace.folder, path), content);
  return commitArtifact(store, workspace, DRAFT, { replace });
}

describe('commitArtifact()', () => {
  test('makes an artifact that is found, at the depth of its workspace, and leaves nothing temporary', async () => {
    const workspace = await beginArtifact(store, KEY, ['text']);
    await writeFile(join(workspace.folder, 'text', 'text.txt'), 'hello');
    expect(await findArtifact(store, KEY)).toEqual({ found: false });
    const { folder, manifest } = await commitArtifact(store, workspace, DRAFT, { replace: false });
    expect(await findArtifact(store, KEY)).toEqual({ found: true, artifact: { folder, manifest } });
    expect(folder.split('/').length).toBe(workspace.folder.split('/').length);
    expect(await readdir(store.temporary)).toEqual([]);
  });

  test('leaves files that are local to this machine, and the log, out of the digests', async () => {
    const { manifest } = await commit('same', { files: { 'text/place.local.json': '1', 'log.txt': 'early' } });
    const other = await commit('same', { replace: true, files: { 'text/place.local.json': '22', 'log.txt': 'late' } });
    expect(other.manifest.digest).toBe(manifest.digest);
    expect(other.manifest.outputs).toMatchObject({ text: { digest: manifest.outputs['text']!.digest, files: 2 } });
    const different = await commit('different', { replace: true });
    expect(different.manifest.digest).not.toBe(manifest.digest);
  });

  test('keeps what another process has finished meanwhile, unless it is to be replaced', async () => {
    await commit('first');
    const second = await commit('second');
    expect(await readFile(join(second.folder, 'text', 'text.txt'), 'utf8')).toBe('first');
    const third = await commit('third', { replace: true });
    expect(await readFile(join(third.folder, 'text', 'text.txt'), 'utf8')).toBe('third');
    expect(await readdir(store.temporary)).toEqual([]);
  });

  test('puts a damaged one that is in the way into quarantine', async () => {
    await mkdir(join(store.objects, KEY));
    await writeFile(join(store.objects, KEY, 'half'), '');
    const { folder } = await commit('whole');
    expect(await readFile(join(folder, 'text', 'text.txt'), 'utf8')).toBe('whole');
    expect(await readdir(store.quarantine)).toHaveLength(2);
  });

  test('refuses a link, whose content could change behind the digest', async () => {
    const workspace = await beginArtifact(store, KEY, ['text']);
    await symlink('/etc/hostname', join(workspace.folder, 'text', 'link'));
    await expect(commitArtifact(store, workspace, DRAFT, { replace: false })).rejects.toThrow(/files and folders only/);
    await abandonArtifact(workspace);
    expect(await readdir(store.temporary)).toEqual([]);
  });
});

describe('findArtifact()', () => {
  test('does not take an object under another key for the one that is wanted', async () => {
    await commit('text');
    const other = KEY.replace('0', 'f');
    await rename(join(store.objects, KEY), join(store.objects, other));
    expect(await findArtifact(store, other)).toMatchObject({ found: false, damage: expect.stringContaining(KEY) });
    const reasons = (await readdir(store.quarantine)).filter(name => name.endsWith('.txt'));
    expect(await readFile(join(store.quarantine, reasons[0]!), 'utf8')).toContain(KEY);
  });

  test('does not take a folder for a file', async () => {
    const { folder } = await commit('text');
    await rename(join(folder, 'text', 'text.txt'), join(folder, 'text', 'aside'));
    await mkdir(join(folder, 'text', 'text.txt'));
    expect(await findArtifact(store, KEY)).toEqual({ found: false, damage: 'text/text.txt is not a file' });
  });

  test('counts an object that is itself a file as damaged', async () => {
    await writeFile(join(store.objects, KEY), '');
    expect(await findArtifact(store, KEY)).toMatchObject({ found: false, damage: 'manifest.json is missing' });
  });

  test('does not read a format of the future', async () => {
    const { folder } = await commit('text');
    const path = join(folder, 'manifest.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"format": 1', '"format": 99'));
    expect(await findArtifact(store, KEY)).toMatchObject({ damage: expect.stringContaining('format 99') });
  });
});

describe('openStore()', () => {
  // No process has this number: Linux ends at 2^22.
  const DEAD = 4_194_305;

  test('removes what dead processes have left, and nothing else', async () => {
    const leave = async (name: string, owner: object | undefined): Promise<void> => {
      await mkdir(join(store.temporary, name, 'sub'), { recursive: true });
      if (owner !== undefined) await writeFile(join(store.temporary, `${name}.owner.json`), JSON.stringify(owner));
    };
    await leave(`k1.${DEAD}.a`, { host: hostname(), pid: DEAD, started: null });
    await leave(`k2.${DEAD}.a`, undefined);
    await leave(`k3.${process.pid}.reused`, { host: hostname(), pid: process.pid, started: 'long ago' });
    await writeFile(join(store.temporary, `k4.${DEAD}.a.owner.json`), '{"host": "cut o');
    const kept = [`k5.${process.pid}.a`, 'k6.1.elsewhere', 'k6.1.elsewhere.owner.json'];
    await leave(kept[0]!, undefined);
    await leave(kept[1]!, { host: 'another-host', pid: DEAD, started: null });
    await openStore(root, CLOCK);
    expect((await readdir(store.temporary)).sort()).toEqual(kept);
  });

  test('says what to do when a file is in the way of the folder', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(openStore(join(file, 'artifacts'), CLOCK)).rejects.toMatchObject({ code: 'storage', exit: 6 });
  });
});

describe('asStorageError()', () => {
  const systemError = (code: string, path?: string): Error => Object.assign(new Error(code), { code, path });

  test('names the place and the remedy of a full disk, wherever it was noticed', () => {
    const error = asStorageError(systemError('ENOSPC'), '/data/artifacts');
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'storage', exit: 6, message: expect.stringContaining('/data/artifacts') });
    expect(String(error)).toContain('free some space');
  });

  test('leaves a refused permission outside the store alone', () => {
    expect(asStorageError(systemError('EACCES', '/data/artifacts/x'), '/data/artifacts')).toBeInstanceOf(UserError);
    const outside = systemError('EACCES', '/photos/x.jpg');
    expect(asStorageError(outside, '/data/artifacts')).toBe(outside);
  });

  test('leaves other errors alone', () => {
    const error = new Error('other');
    expect(asStorageError(error, '/data')).toBe(error);
  });
});

describe('nameArtifact()', () => {
  test('shows the newest artifact under the name, by a relative link', async () => {
    await nameArtifact(store, 'toy', 'one', KEY);
    await nameArtifact(store, 'toy', 'one', KEY);
    expect(readlinkSync(join(root, 'toy', 'one'))).toBe(`../.store/objects/${KEY}`);
    const other = KEY.replace('0', 'f');
    await mkdir(join(store.objects, other));
    await nameArtifact(store, 'toy', 'one', other);
    expect(namedKey(store, 'toy', 'one')).toBe(other);
    expect(await readdir(store.temporary)).toEqual([]);
  });

  test('does not overwrite what somebody else has put there', async () => {
    await mkdir(join(root, 'toy', 'one'), { recursive: true });
    await expect(nameArtifact(store, 'toy', 'one', KEY)).rejects.toMatchObject({ code: 'name-taken', exit: 6 });
  });
});

describe('removeOtherNames()', () => {
  test('removes names of steps that are gone, and nothing that is not such a name', async () => {
    await commit('text');
    for (const name of ['stays', 'goes']) await nameArtifact(store, 'toy', name, KEY);
    await symlink('/etc', join(root, 'toy', 'foreign'));
    await writeFile(join(root, 'toy', 'notes.txt'), '');
    await removeOtherNames(store, 'toy', ['stays']);
    expect((await readdir(join(root, 'toy'))).sort()).toEqual(['foreign', 'notes.txt', 'stays']);
    expect(existsSync(join(store.objects, KEY))).toBe(true);
  });
});
