import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LAYOUTS } from '../../../src/datasets/layouts';
import { bupt } from '../../../src/datasets/layouts/bupt';
import { landmarksPart } from '../../../src/datasets/layouts/parts';
import { recognisedLayout } from '../../../src/datasets/layouts/open-dataset';
import { rfw } from '../../../src/datasets/layouts/rfw';
import { assertUnchanged, fingerprint } from '../../../src/workflow/inputs/fingerprint';
import { readFaces } from '../../../stages/read-faces';
import { put, temporaryFolder } from '../../helpers/photo-folder';

let root: string;
let cacheFolder: string;
beforeEach(async () => {
  root = await temporaryFolder('parts');
  cacheFolder = await temporaryFolder('cache');
});

afterEach(() => {
  jest.restoreAllMocks();
});

const tree = async (...paths: readonly string[]): Promise<void> => {
  for (const path of paths) await put(root, path, path);
};
const print = async (option: 'folder' | 'landmarks' = 'folder', split = 'test') => {
  const format = (await recognisedLayout(root, split)) ?? 'auto';
  const part = await readFaces.reads![option]!(root, { split, format });
  return fingerprint(root, { cacheFolder, concurrency: 1, clock: { now: Date.now, randomName: () => 'r' }, part });
};
const digest = async (split?: string): Promise<string> => (await print('folder', split)).digest;

const RFW = [
  'test/data/A/m.1/m.1_0001.jpg',
  'test/data/A/m.1/m.1_0002.png',
  'test/data/A/A_people.txt',
  'test/txts/A/A_lmk.txt',
  'test/txts/A_pairs.txt',
  'test/A_people.txt',
];

describe('the part of a layout', () => {
  test.each([
    ['a photograph of another split', 'train/data/A/m.1/m.1_0001.jpg'],
    ['landmarks of another split', 'train/txts/A/A_lmk.txt'],
    ['a text file that is no group file', 'test/readme.txt'],
    ['a picture beside the data set', 'overview.jpg'],
    ['.DS_Store in the root', '.DS_Store'],
    ['.DS_Store among the groups', 'test/data/.DS_Store'],
    ['Thumbs.db among photographs', 'test/data/A/m.1/Thumbs.db'],
    ['a resource fork', 'test/data/A/m.1/._m.1_0001.jpg'],
    ['a backup of an editor', 'test/txts/A/A_lmk.txt~'],
    ['a swap file of an editor', 'test/txts/A/.A_lmk.txt.swp'],
    ['a lock file of an office program', 'test/txts/A/.~lock.A_lmk.txt#'],
    ['what is deeper than photographs', 'test/data/A/m.1/raw/m.1_0003.jpg/x.jpg'],
    ['git', '.git/HEAD'],
  ])('leaves out %s', async (_, path) => {
    await tree(...RFW, 'test/data/A/m.1/raw/m.1_0003.jpg/y.jpg');
    const before = await print();
    await tree(path);
    expect((await print()).digest).toBe(before.digest);
    await assertUnchanged(before);
  });

  test.each([
    ['a photograph', 'test/data/A/m.1/m.1_0003.JPG'],
    ['a photograph of a new group', 'test/data/B/m.1/m.1_0001.jpg'],
    ['a picture that is not read, whose name counts', 'test/data/A/m.1/m.1_0003.mp4'],
    ['a picture outside of the folder of an identity', 'test/data/A/m.1_0003.jpg'],
    ['a text file of a group', 'test/txts/A/A_people.txt'],
    ['a text file of a group that has no folder', 'txts/B/B_pairs.txt'],
    ['a text file above', 'a_pairs.txt'],
    ['the mark of drawings', 'drawn-faces.json'],
    ['a layout that comes first', 'test/data/A/m.2/m.2_0001.jpg'],
  ])('has %s in it', async (_, path) => {
    await tree(...RFW);
    const before = await print();
    await tree(path);
    expect((await print()).digest).not.toBe(before.digest);
    await expect(assertUnchanged(before)).rejects.toMatchObject({ code: 'input-changed' });
  });

  test('has the mark of drawings in it where the layout knows nothing of it', async () => {
    await tree(...RFW);
    const takes = (path: string) => (path.split('/')[0] === 'test' ? 'all' : 'none');
    jest.spyOn(LAYOUTS.members.rfw, 'part').mockResolvedValue({ name: 'photographs', takes });
    const before = await digest();
    await tree('notes.json', 'more/drawn-faces.json');
    expect(await digest()).toBe(before);
    await tree('drawn-faces.json');
    expect(await digest()).not.toBe(before);
  });

  test.each(RFW)('has the content of %s in it', async path => {
    await tree(...RFW);
    const before = await digest();
    await writeFile(join(root, path), 'other');
    expect(await digest()).not.toBe(before);
  });

  test('has empty folders of groups and identities in it', async () => {
    await tree(...RFW);
    const found = [await digest()];
    for (const folder of ['test/data/B', 'test/data/A/m.2']) {
      await mkdir(join(root, folder));
      found.push(await digest());
      await rm(join(root, folder), { recursive: true });
    }
    expect(new Set(found).size).toBe(3);
    expect(await digest()).toBe(found[0]);
  });

  test('takes nothing that is deeper than photographs, whoever leads there', async () => {
    await tree('A/m.1/1.jpg', 'images/race_per_7000/notes.txt');
    const part = (await bupt.part(root, 'train'))!;
    expect(part.takes('images/race_per_7000/A/m.1/x.txt', false)).toBe('name');
    expect(part.takes('A/m.1/raw', true)).toBe('name');
    expect(part.takes('A/m.1/raw/x.jpg', false)).toBe('none');
  });

  test('has the name of a picture of another format in it, and not its content, which nobody reads', async () => {
    await tree(...RFW, 'test/data/A/m.1/x.mp4');
    const before = await digest();
    await writeFile(join(root, 'test/data/A/m.1/x.mp4'), 'other');
    expect(await digest()).toBe(before);
  });

  test('takes a link that leads nowhere for a name, and continues when what it leads to comes back', async () => {
    await tree(...RFW);
    const before = await digest();
    await rename(join(root, RFW[0]!), join(root, 'aside.jpg'));
    await symlink(join(root, 'aside.jpg'), join(root, RFW[0]!));
    expect(await digest()).toBe(before);
    await rm(join(root, 'aside.jpg'));
    expect(await digest()).not.toBe(before);
  });

  test.each([
    ['images/race_per_7000/A/m.1/1.jpg', 'txts/A/A_lmk.txt', 'images/test/A/m.9/1.jpg'],
    ['A/m.1/1.jpg', 'txts/A/A_lmk.txt', 'test/data/A/m.1/1.jpg'],
    ['data/A/m.1/1.jpg', 'A_lmk.txt', 'images/val/A/m.1/1.jpg'],
  ])('knows the layout of %s', async (photo, text, other) => {
    await tree(photo, text, join(dirname(photo), '..', 'm.2', '1.jpg'));
    // What lies there already, so that the folder itself is nothing new.
    await tree(join(dirname(other), 'a.jpg'));
    const before = await digest('train');
    await tree(other);
    expect(await digest('train')).toBe(before);
    for (const path of [photo, text]) {
      await writeFile(join(root, path), 'other');
      expect(await digest('train')).not.toBe(before);
      await tree(path);
    }
  });

  test('tells the splits of one folder apart, each with what is remembered of its own', async () => {
    await tree(...RFW);
    await cp(join(root, 'test'), join(root, 'train'), { recursive: true });
    const names = await Promise.all(['test', 'train'].map(async split => (await rfw.part(root, split))!.name));
    expect(new Set(names).size).toBe(2);
    expect(await digest('test')).not.toBe(await digest('train'));
    expect((await readdir(cacheFolder)).filter(name => name.endsWith('.files'))).toHaveLength(2);
  });

  test('is undefined, so that everything counts, where nothing is laid out so, and for a file', async () => {
    await tree('notes.txt');
    expect(await rfw.part(root, 'test')).toBeUndefined();
    expect(await rfw.part(join(root, 'notes.txt'), 'test')).toBeUndefined();
    expect(landmarksPart(join(root, 'notes.txt'))).toBeUndefined();
  });
});

describe('landmarksPart()', () => {
  test('has landmark files of groups in it and nothing else', async () => {
    await tree('A_lmk.txt', 'B/B_lmk.txt', 'B/notes.txt');
    const { digest: before } = await print('landmarks');
    await tree('readme.txt', 'A_lmk.txt~', 'C/C/C_lmk.txt', 'B/more.txt');
    await rm(join(root, 'C'), { recursive: true });
    expect((await print('landmarks')).digest).toBe(before);
    await tree('C/C_lmk.txt');
    expect((await print('landmarks')).digest).not.toBe(before);
  });
});
