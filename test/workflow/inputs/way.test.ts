import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { assertUnchanged, fingerprint, type Fingerprint } from '../../../src/workflow/inputs/fingerprint';
import { EXFAT, pretendFileSystem } from '../../helpers/file-system';
import { temporaryFolder } from '../../helpers/temporary-folder';

const pretend = pretendFileSystem();

let root: string;
let cacheFolder: string;
beforeEach(async () => {
  root = await temporaryFolder();
  cacheFolder = await temporaryFolder();
  mkdirSync(join(root, 'data', 'photos', 'ann'), { recursive: true });
  writeFileSync(join(root, 'data', 'photos', 'ann', '1.jpg'), 'ann');
  writeFileSync(join(root, 'data', 'teacher.onnx'), 'teacher');
  cpSync(join(root, 'data'), join(root, 'other'), { recursive: true });
});

const print = (path: string): Promise<Fingerprint> =>
  fingerprint(join(root, path), {
    cacheFolder,
    concurrency: 1,
    clock: { now: () => Date.now() + 3_600_000, randomName: () => 'r' },
  });
/** Exchanges two names and puts them back, as somebody may do while a stage reads. */
const thereAndBack = (one: string, other: string): void => {
  for (let i = 0; i < 2; i++) {
    renameSync(join(root, one), join(root, 'aside'));
    renameSync(join(root, other), join(root, one));
    renameSync(join(root, 'aside'), join(root, other));
  }
};
const leads = (link: string, target: string): void => {
  rmSync(join(root, link), { force: true });
  symlinkSync(target, join(root, link));
};
const refused = (text: RegExp) =>
  expect.objectContaining({ code: 'input-changed', message: expect.stringMatching(text) as unknown });

describe.each(['first look', 'known'])('assertUnchanged() after exchanges that were undone, %s', look => {
  const before = async (path: string): Promise<Fingerprint> => {
    if (look === 'known') await print(path);
    return print(path);
  };

  test('refuses where the input is a link that led elsewhere', async () => {
    leads('link.onnx', 'data/teacher.onnx');
    const found = await before('link.onnx');
    leads('link.onnx', 'other/teacher.onnx');
    leads('link.onnx', 'data/teacher.onnx');
    await expect(assertUnchanged(found)).rejects.toEqual(
      refused(/link\.onnx, which leads to .*, was moved or replaced/),
    );
  });

  test('refuses where a link above a link above the input led elsewhere', async () => {
    leads('inner', 'data');
    leads('outer', 'inner');
    const found = await before('outer/teacher.onnx');
    leads('inner', 'other');
    leads('inner', 'data');
    await expect(assertUnchanged(found)).rejects.toEqual(refused(/inner, which leads to/));
  });

  test('refuses where a folder above the input was another one', async () => {
    const found = await before('data/teacher.onnx');
    thereAndBack('data', 'other');
    await expect(assertUnchanged(found)).rejects.toEqual(refused(/data, which leads to .*teacher\.onnx, was moved/));
  });

  test('refuses where the input was another folder', async () => {
    const found = await before('data');
    thereAndBack('data', 'other');
    await expect(assertUnchanged(found)).rejects.toEqual(refused(/was moved or replaced/));
  });

  test.each(['photos', 'photos/ann'])('refuses where the folder %s of the input was another one', async inside => {
    const found = await before('data');
    thereAndBack(`data/${inside}`, `other/${inside}`);
    await expect(assertUnchanged(found)).rejects.toEqual(refused(/a folder or link in .*data was moved or replaced/));
  });

  test('refuses where a link inside led elsewhere', async () => {
    leads('data/bob', 'photos/ann');
    const found = await before('data');
    mkdirSync(join(root, 'data', 'elsewhere'));
    leads('data/bob', 'elsewhere');
    leads('data/bob', 'photos/ann');
    rmSync(join(root, 'data', 'elsewhere'), { recursive: true });
    await expect(assertUnchanged(found)).rejects.toEqual(refused(/a folder or link in/));
  });
});

describe('assertUnchanged() has nothing to say', () => {
  test('of what is made and removed beside the input and in folders above it', async () => {
    const found = await print('data/photos');
    mkdirSync(join(root, 'artifacts', 'deep'), { recursive: true });
    writeFileSync(join(root, 'data', 'note.txt'), '');
    unlinkSync(join(root, 'data', 'note.txt'));
    await assertUnchanged(found);
  });

  test('of a note that came and went inside', async () => {
    const found = await print('data');
    writeFileSync(join(root, 'data', 'photos', 'note.txt'), '');
    unlinkSync(join(root, 'data', 'photos', 'note.txt'));
    await assertUnchanged(found);
  });

  test('of moved folders where the file system may change their times for other reasons', async () => {
    pretend(EXFAT);
    const found = await print('data/teacher.onnx');
    thereAndBack('data', 'other');
    await assertUnchanged(found);
  });
});
