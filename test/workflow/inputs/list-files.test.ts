import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { listFiles } from '../../../src/workflow/inputs/list-files';
import { temporaryFolder } from '../../helpers/temporary-folder';

let folder: string;

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'input');
});

async function make(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(folder, path.endsWith('/') ? path : dirname(path)), { recursive: true });
    if (!path.endsWith('/')) await writeFile(join(folder, path), path);
  }
}

describe('listFiles()', () => {
  test('gives whole paths in the order in which strings are compared', async () => {
    const paths = ['a/b', 'a/b-', 'a-b', 'a.b/c', 'a0', 'b/c/d', 'b/c-/d', 'b/c0', 'b/empty/', 'é/x', 'z'];
    await make(...paths);
    await symlink(join(folder, 'b', 'c'), join(folder, 'a', 'b.link'));
    const found = [...listFiles(folder)].map(({ path }) => path);
    expect(found).toEqual([...paths, 'a/b.link/d'].sort((a, b) => (a < b ? -1 : 1)));
  });

  test('puts the name of a folder that is not read where a file of that name would be', async () => {
    await make('a/b', 'a-b', 'c');
    const part = { name: 'names', takes: (path: string) => (path === 'a' ? ('name' as const) : ('all' as const)) };
    expect([...listFiles(folder, { part })].map(({ path, isName = false }) => [path, isName])).toEqual([
      ['a', true],
      ['a-b', false],
      ['c', false],
    ]);
  });

  test('looks into a folder only when its turn has come: no list of all files is held', async () => {
    await make('a/1', 'a/2', 'b/1', 'c/1');
    const files = listFiles(folder);
    expect(files.next().value).toMatchObject({ path: 'a/1' });
    await make('a/3', 'b/2');
    await rm(join(folder, 'c', '1'));
    // The names of the folder that is being listed are held, and those above.
    expect([...files].map(({ path }) => path)).toEqual(['a/2', 'b/1', 'b/2', 'c/']);
  });
});
