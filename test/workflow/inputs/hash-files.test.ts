import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openHasher } from '../../../src/workflow/inputs/hash-files';
import { listFiles, type ListedFile } from '../../../src/workflow/inputs/list-files';
import { readInOrder } from '../../../src/workflow/inputs/read-in-order';
import { openFilesUnder } from '../../helpers/open-files';
import { temporaryFolder } from '../../helpers/temporary-folder';

const CHUNK = 1 << 20;
let folder: string;

async function hashFiles(files: Iterable<ListedFile>, threads: number, signal?: AbortSignal): Promise<string[]> {
  const hasher = openHasher(threads, signal);
  const all: string[] = [];
  try {
    await readInOrder(files, { digestOf: () => undefined }, hasher, (_, digests) => void all.push(...digests));
  } finally {
    await hasher.close();
  }
  return all;
}

beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('openHasher()', () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])('hashes a file of %d octets', async length => {
    const content = Buffer.alloc(length, 'abc');
    await writeFile(join(folder, 'a'), content);
    expect(await hashFiles(listFiles(folder), 2)).toEqual([createHash('sha256').update(content).digest('hex')]);
  });

  test('gives nothing for nothing', async () => {
    expect(await hashFiles([], 2)).toEqual([]);
  });

  test('ends in the midst of a huge file when it is told to', async () => {
    await writeFile(join(folder, 'a'), '');
    await truncate(join(folder, 'a'), 1e12);
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('enough')), 100);
    await expect(hashFiles(listFiles(folder), 2, stopping.signal)).rejects.toThrow('enough');
    await expect(hashFiles(listFiles(folder), 2, stopping.signal)).rejects.toThrow('enough');
  });

  test.each([
    ['few', 3],
    ['many', 700],
  ])('refuses among %s files one that has grown, shrunk or gone, and closes every file', async (_, count) => {
    for (let index = 0; index < count; index++) await writeFile(join(folder, String(index)), 'abc');
    const files = [...listFiles(folder)];
    for (const content of ['abcd', 'ab', '']) {
      await writeFile(join(folder, '2'), content);
      await expect(hashFiles(files, 2)).rejects.toMatchObject({ code: 'input-changed' });
    }
    await rm(join(folder, '2'));
    await expect(hashFiles(files, 2)).rejects.toMatchObject({ code: 'input-changed' });
    await mkdir(join(folder, '2'));
    await expect(hashFiles(files, 2)).rejects.toMatchObject({ code: 'input-unreadable' });
    expect(await openFilesUnder(folder)).toEqual([]);
  });

  test('does not wait for a pipe that has taken the place of a file', async () => {
    await writeFile(join(folder, 'a'), 'abc');
    const files = [...listFiles(folder)];
    await rm(join(folder, 'a'));
    if (spawnSync('mkfifo', [join(folder, 'a')]).status !== 0) return;
    await expect(hashFiles(files, 2)).rejects.toMatchObject({ code: 'input-unreadable' });
    expect(() => [...listFiles(folder)]).toThrow(expect.objectContaining({ code: 'input-unreadable' }));
  });

  test('names a file that may not be read', async () => {
    await writeFile(join(folder, 'a'), 'abc');
    await chmod(join(folder, 'a'), 0);
    // Whoever is root may read everything.
    if (process.getuid?.() === 0) return;
    await expect(hashFiles(listFiles(folder), 2)).rejects.toMatchObject({ code: 'input-unreadable' });
  });
});
