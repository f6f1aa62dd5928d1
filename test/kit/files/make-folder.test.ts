import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeFolder } from '../../../src/kit/files/make-folder';
import { temporaryFolder } from '../../helpers/rig';

describe('makeFolder()', () => {
  test('makes a folder and those above it, and is content with one that is there', async () => {
    const folder = join(await temporaryFolder(), 'a', 'b', 'c');
    for (let times = 0; times < 2; times++) await makeFolder(folder);
    await symlink(folder, `${folder}-link`);
    await makeFolder(`${folder}-link`);
    await makeFolder('/');
    expect(existsSync(folder)).toBe(true);
  });

  test('makes one that many want at once', async () => {
    const folder = join(await temporaryFolder(), 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(folder)));
    expect(existsSync(folder)).toBe(true);
  });

  test('says what the system says when a file is in the way', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(file, 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
