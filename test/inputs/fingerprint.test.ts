import { mkdir, readFile, readdir, rename, rm, symlink, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { assertUnchanged, fingerprint } from '../../src/inputs/fingerprint';
import { temporaryFolder } from '../helpers/rig';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let folder: string;
let cacheFolder: string;
/** Far in the future, so that every file counts as at rest. */
let now: number;
const print = (path = folder) =>
  fingerprint(path, { cacheFolder, concurrency: 2, clock: { now: () => now, randomName: () => 'r' } });

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'input');
  cacheFolder = join(await temporaryFolder(), 'cache');
  now = Date.now() + 3_600_000;
  await mkdir(join(folder, 'sub'), { recursive: true });
  await writeFile(join(folder, 'b.txt'), 'b');
  await writeFile(join(folder, 'sub', 'a.txt'), 'a');
});

describe('fingerprint()', () => {
  test('is the digest of the bytes of a file', async () => {
    expect(await print(join(folder, 'b.txt'))).toMatchObject({ digest: `sha256:${sha256('b')}`, files: 1 });
  });

  test('is the digest of sorted paths and digests of a folder', async () => {
    const list = `[["b.txt","${sha256('b')}"],["sub/a.txt","${sha256('a')}"]]`;
    expect(await print()).toMatchObject({ digest: `sha256:${sha256(list)}`, files: 2 });
  });

  test('is that of an empty list for an empty folder', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    expect(await print(empty)).toMatchObject({ digest: `sha256:${sha256('[]')}`, files: 0 });
  });

  test('reads a file that is larger than a chunk as a whole', async () => {
    const path = join(folder, 'large');
    const content = 'x'.repeat(3 * 1024 * 1024 + 1);
    await writeFile(path, content);
    expect((await print(path)).digest).toBe(`sha256:${sha256(content)}`);
  });

  test('notices an edited, an added, a renamed and a removed file', async () => {
    const digests = [(await print()).digest];
    const changes = [
      () => writeFile(join(folder, 'b.txt'), 'B'),
      () => writeFile(join(folder, 'c.txt'), 'c'),
      () => rename(join(folder, 'c.txt'), join(folder, 'd.txt')),
      () => unlink(join(folder, 'd.txt')),
    ];
    for (const change of changes) {
      await change();
      digests.push((await print()).digest);
    }
    // The last change undoes the two before it.
    expect(digests[4]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(4);
  });

  test('notices an edit that keeps size and modification time', async () => {
    const path = join(folder, 'b.txt');
    const time = new Date('2020-01-01');
    await utimes(path, time, time);
    const before = await print();
    await writeFile(path, 'B');
    await utimes(path, time, time);
    expect((await print()).digest).not.toBe(before.digest);
  });

  test('does not read again what did not change', async () => {
    const first = await print();
    // What it would read is not what it says: only a digest that is remembered gives the first one.
    const [name] = await readdir(cacheFolder);
    const cache = await readFile(join(cacheFolder, name!), 'utf8');
    await writeFile(join(cacheFolder, name!), cache.replaceAll(sha256('b'), sha256('remembered')));
    const list = `[["b.txt","${sha256('remembered')}"],["sub/a.txt","${sha256('a')}"]]`;
    expect((await print()).digest).toBe(`sha256:${sha256(list)}`);
    expect(first.digest).not.toBe(`sha256:${sha256(list)}`);
  });

  test('does not remember a file that was changed a moment ago, because the next change may leave its times', async () => {
    now = Date.now();
    await print();
    const [name] = await readdir(cacheFolder);
    expect(JSON.parse(await readFile(join(cacheFolder, name!), 'utf8'))).toEqual({});
  });

  test('does without a cache that is damaged', async () => {
    const before = await print();
    const [name] = await readdir(cacheFolder);
    await truncate(join(cacheFolder, name!), 5);
    expect((await print()).digest).toBe(before.digest);
    await writeFile(join(cacheFolder, name!), '{"b.txt": null, "sub/a.txt": 3}');
    expect((await print()).digest).toBe(before.digest);
  });

  test('follows links that stay inside', async () => {
    const before = await print();
    await symlink('b.txt', join(folder, 'link.txt'));
    await symlink('sub', join(folder, 'also'));
    expect(await print()).toMatchObject({ files: 4 });
    expect((await print()).digest).not.toBe(before.digest);
  });

  test('refuses links that lead out, back, or nowhere', async () => {
    const cases = [
      { target: '/etc', code: 'link-out-of-input' },
      { target: '/etc/hostname', code: 'link-out-of-input' },
      { target: '..', code: 'link-out-of-input' },
      { target: '.', code: 'link-out-of-input' },
      { target: 'nowhere', code: 'input-missing' },
    ];
    for (const { target, code } of cases) {
      const link = join(folder, 'sub', 'link');
      await symlink(target, link);
      await expect(print()).rejects.toMatchObject({ code });
      await rm(link);
    }
  });

  test('follows the path itself when that is a link', async () => {
    const link = `${folder}-link`;
    await symlink(folder, link);
    expect((await print(link)).digest).toBe((await print()).digest);
  });

  test('names a path that does not exist', async () => {
    await expect(print(join(folder, 'none'))).rejects.toMatchObject({ code: 'input-missing', exit: 3 });
  });
});

describe('assertUnchanged()', () => {
  test('passes as long as nothing changes, and refuses what did', async () => {
    const before = await print();
    expect(() => assertUnchanged(before)).not.toThrow();
    await writeFile(join(folder, 'new.txt'), '');
    expect(() => assertUnchanged(before)).toThrow(/changed while it was being read/);
  });
});
