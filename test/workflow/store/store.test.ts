import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { listNamed, nameArtifact, namedObject, removeOtherNames } from '../../../src/workflow/store/names';
import { tryLease, type Lease } from '../../../src/workflow/store/leases/leases';
import { placeTag, thisProcess } from '../../../src/workflow/store/leases/process-identity';
import { lastSign } from '../../../src/workflow/store/leases/signs-of-life';
import { asStorageError } from '../../../src/workflow/store/storage-error';
import { openStore, type Store } from '../../../src/workflow/store/store';
import { abandonArtifact, beginArtifact } from '../../../src/workflow/store/objects/workspace';
import { UserError } from '../../../src/errors';
import { KEY, OTHER_KEY, commitText } from '../../helpers/artifacts';
import { CLOCK, temporaryFolder } from '../../helpers/rig';

let root: string;
let store: Store;

beforeEach(async () => {
  root = join(await temporaryFolder(), 'artifacts');
  store = await openStore(root, CLOCK);
});

// No process has this number: Linux ends at 2^22.
const DEAD = 4_194_305;

/** Nothing that happens now is younger than a day to who looks at it with this clock. */
const IN_A_DAY = { ...CLOCK, now: () => Date.now() + 24 * 3600 * 1000 };

describe('openStore()', () => {
  const leave = async (name: string, owner?: object | string): Promise<void> => {
    await mkdir(join(store.temporary, name, 'sub'), { recursive: true });
    if (owner === undefined) return;
    const text = typeof owner === 'string' ? owner : JSON.stringify(owner);
    await writeFile(join(store.temporary, `${name}.owner.json`), text);
  };
  const left = async (clock = CLOCK): Promise<string[]> => {
    await openStore(root, clock);
    return (await readdir(store.temporary)).filter(name => !name.endsWith('.owner.json')).sort();
  };

  test('removes what processes of this place have left that are dead, and nothing else', async () => {
    const here = thisProcess();
    await leave('a', { ...here, pid: DEAD });
    await leave('b', { ...here, started: 'long ago' });
    await leave(`c.${placeTag()}-${DEAD}.x`);
    await leave(`d.${placeTag()}-${DEAD}.x`, '{"host": "cut o');
    await leave('e', here);
    await leave(`f.${placeTag()}-${process.pid}.x`);
    expect(await left()).toEqual(['e', `f.${placeTag()}-${process.pid}.x`]);
    expect((await readdir(store.temporary)).length).toBe(3);
  });

  test('leaves what it cannot judge, until it was silent for a day', async () => {
    const here = { ...thisProcess(), pid: DEAD };
    const unknown = {
      'another host': { ...here, host: 'another-host', boot: 'another' },
      'another boot': { ...here, boot: 'another' },
      'another container of the same name': { ...here, namespace: 'pid:[1] time:[1]' },
      'a system that tells nothing': { ...here, boot: null, namespace: null },
      'an earlier version': { host: here.host, pid: DEAD, started: '1', boot: here.boot },
      'cut off': '{"host": "cut o',
      'no owner': undefined,
    };
    for (const [name, owner] of Object.entries(unknown)) await leave(name, owner);
    await leave(`g.0123456789-${DEAD}.x`);
    expect(await left()).toEqual([...Object.keys(unknown), `g.0123456789-${DEAD}.x`].sort());
    expect(await left(IN_A_DAY)).toEqual([]);
  });

  test('keeps a workspace of which nothing is known but its signs of life', async () => {
    const now = 10_000_000_000_000;
    const beats: (() => void)[] = [];
    const every = (_: number, beat: () => void) => {
      beats.push(beat);
      return () => void beats.splice(beats.indexOf(beat), 1);
    };
    const own = await openStore(root, { ...CLOCK, now: () => now, every });
    const workspace = await beginArtifact(own, KEY, ['text']);
    const owner = `${workspace.folder}.owner.json`;
    const before = lstatSync(owner, { bigint: true });
    expect(beats).toHaveLength(1);
    beats[0]!();
    while (lstatSync(owner, { bigint: true }).ctimeNs === before.ctimeNs) await new Promise(r => setTimeout(r, 5));
    // What counts is the clock of the file system, not what the holder says.
    expect(lastSign(owner)).toBeLessThan(now / 2);
    await abandonArtifact(workspace);
    expect([beats, await readdir(store.temporary)]).toEqual([[], []]);
  });

  test('removes checkpoints and traces of failures of work that was finished since, and no others', async () => {
    const remain = (key: string): Promise<unknown> =>
      Promise.all(['checkpoints', 'failed'].map(name => mkdir(join(store.hidden, name, key), { recursive: true })));
    const remains = async (): Promise<string[][]> => [await readdir(store.checkpoints), await readdir(store.failed)];
    for (const key of [KEY, OTHER_KEY]) await remain(key);
    await commitText(store, 'one');
    // As a process leaves them that is killed right after it has recorded the action.
    for (const key of [KEY, OTHER_KEY]) await remain(key);
    const later = new Date(Date.now() + 1000);
    await utimes(join(store.actions, `${KEY}.json`), later, later);
    await openStore(root, CLOCK);
    expect(await remains()).toEqual([[OTHER_KEY], [OTHER_KEY]]);
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
