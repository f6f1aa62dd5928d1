import { createHash } from 'node:crypto';
import { existsSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { listNamed, nameArtifact, namedObject, removeOtherNames } from '../../src/artifacts/names';
import { tryLease, type Lease } from '../../src/artifacts/leases';
import { isAlive, thisProcess } from '../../src/artifacts/owner';
import { asStorageError } from '../../src/artifacts/storage-error';
import { openStore, type Store } from '../../src/artifacts/store';
import { UserError } from '../../src/errors';
import { KEY, OTHER_KEY, commitText } from '../helpers/artifacts';
import { CLOCK, temporaryFolder } from '../helpers/rig';

let root: string;
let store: Store;

beforeEach(async () => {
  root = join(await temporaryFolder(), 'artifacts');
  store = await openStore(root, CLOCK);
});

// No process has this number: Linux ends at 2^22.
const DEAD = 4_194_305;

const tagOf = (host: string): string => createHash('sha256').update(host).digest('hex').slice(0, 6);

describe('openStore()', () => {
  test('removes what dead processes have left, and nothing else', async () => {
    const leave = async (name: string, owner: object | undefined): Promise<void> => {
      await mkdir(join(store.temporary, name, 'sub'), { recursive: true });
      if (owner !== undefined) await writeFile(join(store.temporary, `${name}.owner.json`), JSON.stringify(owner));
    };
    await leave(`k1.${DEAD}.a`, { host: hostname(), pid: DEAD, started: null });
    await leave(`k2.${DEAD}.a`, undefined);
    await leave(`k3.${process.pid}.reused`, { host: hostname(), pid: process.pid, started: 'long ago' });
    await writeFile(join(store.temporary, `k4.${DEAD}.a.owner.json`), '{"host": "cut o');
    await leave(`k7.${process.pid}.boot`, { ...thisProcess(), boot: 'another' });
    await leave(`k8.${tagOf(hostname())}-${DEAD}.a`, undefined);
    const elsewhere = tagOf('another-host');
    const kept = [
      `k5.${tagOf(hostname())}-${process.pid}.a`,
      'k6.1.elsewhere',
      'k6.1.elsewhere.owner.json',
      `k9.${elsewhere}-${DEAD}.a`,
      `ka.${process.pid}.signed`,
      `ka.${process.pid}.signed.owner.json`,
    ];
    await leave(kept[0]!, undefined);
    await leave(kept[1]!, { host: 'another-host', pid: DEAD, started: null });
    await leave(kept[3]!, undefined);
    await leave(kept[4]!, thisProcess());
    await openStore(root, CLOCK);
    expect((await readdir(store.temporary)).sort()).toEqual(kept);
  });

  test('removes checkpoints and traces of failures of work that was finished since, and no others', async () => {
    const leave = (key: string): Promise<unknown> =>
      Promise.all(['checkpoints', 'failed'].map(name => mkdir(join(store.hidden, name, key), { recursive: true })));
    const left = async (): Promise<string[][]> => [await readdir(store.checkpoints), await readdir(store.failed)];
    for (const key of [KEY, OTHER_KEY]) await leave(key);
    await commitText(store, 'one');
    // As a process leaves them that is killed right after it has recorded the action.
    for (const key of [KEY, OTHER_KEY]) await leave(key);
    const later = new Date(Date.now() + 1000);
    await utimes(join(store.actions, `${KEY}.json`), later, later);
    await openStore(root, CLOCK);
    expect(await left()).toEqual([[OTHER_KEY], [OTHER_KEY]]);
    expect(await readdir(store.leases)).toEqual([]);
  });

  test('keeps checkpoints and traces of work that was forced after it had been finished', async () => {
    await commitText(store, 'one');
    const earlier = new Date(Date.now() - 10_000);
    await utimes(join(store.actions, `${KEY}.json`), earlier, earlier);
    for (const name of ['checkpoints', 'failed']) await mkdir(join(store.hidden, name, KEY), { recursive: true });
    await openStore(root, CLOCK);
    expect([await readdir(store.checkpoints), await readdir(store.failed)]).toEqual([[KEY], [KEY]]);
  });

  test('leaves alone what somebody is just making', async () => {
    const terms = { run: 'other', runFolder: '', step: 'one', signal: new AbortController().signal };
    const lease = await tryLease(store, KEY, terms);
    await mkdir(join(store.checkpoints, KEY));
    await commitText(store, 'one');
    const later = new Date(Date.now() + 1000);
    await utimes(join(store.actions, `${KEY}.json`), later, later);
    await openStore(root, CLOCK);
    expect(await readdir(store.checkpoints)).toEqual([KEY]);
    await (lease as Lease).release();
    await openStore(root, CLOCK);
    expect(await readdir(store.checkpoints)).toEqual([]);
  });

  test('says what to do when a file is in the way of the folder', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(openStore(join(file, 'artifacts'), CLOCK)).rejects.toMatchObject({ code: 'storage', exit: 6 });
  });
});

describe('isAlive()', () => {
  test('tells this process from its past and future namesakes', () => {
    const here = thisProcess();
    expect(isAlive(here)).toBe(true);
    expect(isAlive({ ...here, started: null, boot: null })).toBe(true);
    expect(isAlive({ ...here, started: '1' })).toBe(false);
    expect(isAlive({ ...here, boot: 'another' })).toBe(false);
    expect(isAlive({ ...here, pid: DEAD })).toBe(false);
    for (const pid of [0, -1, NaN, 1.5]) expect(isAlive({ ...here, pid })).toBe(false);
    expect(isAlive({ ...here, pid: DEAD, host: 'another-host' })).toBe(true);
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
    expect(namedObject(store, 'toy', 'one')).toBe(other);
    expect(listNamed(store)).toEqual([{ pipeline: 'toy', step: 'one', object: other }]);
    expect(await readdir(store.temporary)).toEqual([]);
  });

  test('does not overwrite what somebody else has put there', async () => {
    await mkdir(join(root, 'toy', 'one'), { recursive: true });
    await expect(nameArtifact(store, 'toy', 'one', KEY)).rejects.toMatchObject({ code: 'name-taken', exit: 6 });
  });
});

describe('removeOtherNames()', () => {
  test('removes names of steps that are gone, and nothing that is not such a name', async () => {
    await mkdir(join(store.objects, KEY));
    for (const name of ['stays', 'goes']) await nameArtifact(store, 'toy', name, KEY);
    await symlink('/etc', join(root, 'toy', 'foreign'));
    await writeFile(join(root, 'toy', 'notes.txt'), '');
    await removeOtherNames(store, 'toy', ['stays']);
    expect((await readdir(join(root, 'toy'))).sort()).toEqual(['foreign', 'notes.txt', 'stays']);
    expect(existsSync(join(store.objects, KEY))).toBe(true);
    expect(listNamed(store)).toEqual([{ pipeline: 'toy', step: 'stays', object: KEY }]);
    expect(namedObject(store, 'toy', 'foreign')).toBeUndefined();
    expect(namedObject(store, 'toy', 'gone')).toBeUndefined();
  });
});
