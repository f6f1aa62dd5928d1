import { describe, expect, test } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { LAYOUTS } from '../../src/datasets/layouts';
import type { Dataset } from '../../src/datasets/layouts/layout';
import { openDataset, recognisedLayout } from '../../src/datasets/layouts/open-dataset';
import { put, temporaryFolder } from '../helpers/photo-folder';

/** A folder with these (empty) files. */
const tree = async (...paths: readonly string[]): Promise<string> => {
  const root = await temporaryFolder('layout');
  for (const path of paths) await put(root, path, '');
  return root;
};
/** As read-faces does it by default. */
const open = async (root: string, split: string, landmarks?: string) => {
  const format = (await recognisedLayout(root, split)) ?? 'auto';
  return { ...(await openDataset(root, format, { split, landmarks })), format };
};
const summary = ({ root, found, format, groups }: Dataset & { readonly format: string }) => ({
  format,
  found,
  groups: groups.map(({ name, files: { landmarks } }) => [name, landmarks && relative(root, landmarks)]),
});

/** Reasons of the groups that have no photographs. */
const absent = ({ groups }: Dataset) =>
  Object.fromEntries(groups.flatMap(group => (group.absent === undefined ? [] : [[group.name, group.absent]])));

/** How the refusal begins that names what every layout needs. */
const nothingFits = (root: string, split: string): string => {
  const needs = LAYOUTS.names.map(name => `${name} needs ${LAYOUTS.members[name].needs(split)}`);
  return `Cannot read data set ${root}: no layout fits: ${needs.join('; ')}`;
};

describe('openDataset', () => {
  test('finds RFW, groups sorted by code units', async () => {
    const root = await tree(
      'test/data/Indian/m.1/m.1_0001.jpg',
      'test/data/African/m.1/m.1_0001.JPEG',
      'test/data/asian/m.1/m.1_0001.png',
      'test/txts/African/African_lmk.txt',
      'test/txts/African/African_pairs.txt',
      'test/txts/African/African_people.txt',
    );
    const dataset = await open(root, 'test');
    expect(summary(dataset)).toEqual({
      format: 'rfw',
      found: 'groups in test/data',
      groups: [
        ['African', 'test/txts/African/African_lmk.txt'],
        ['Indian', undefined],
        ['asian', undefined],
      ],
    });
    expect(dataset.groups[0]!.files).toMatchObject({
      pairs: `${root}/test/txts/African/African_pairs.txt`,
      people: `${root}/test/txts/African/African_people.txt`,
    });
  });

  test.each([
    ['images/test/A/m.1/1.jpg', 'test', 'rfw', 'images/test'],
    ['data/A/m.1/1.jpg', 'test', 'rfw', 'data'],
    ['images/race_per_7000/A/m.1/1.jpg', 'train', 'bupt', 'images/race_per_7000'],
    ['race_per_7000/A/m.1/1.jpg', 'train', 'bupt', 'race_per_7000'],
    ['A/m.1/1.jpg', 'train', 'bupt', 'the root'],
  ])('finds %s', async (path, split, format, place) => {
    const found = `groups in ${place}`;
    expect(summary(await open(await tree(path), split))).toEqual({ format, found, groups: [['A', undefined]] });
  });

  test.each(['txts/A/A_lmk.txt', 'txts/A_lmk.txt', 'A/A_lmk.txt', 'A_lmk.txt'])('finds landmarks in %s', async path => {
    const root = await tree('A/m.1/1.jpg', path);
    expect(summary(await open(root, 'train')).groups).toEqual([['A', path]]);
  });

  test('does not look for landmarks outside of the root, which is all that the key knows', async () => {
    const root = await tree('A/m.1/1.jpg', 'txts/A/A_lmk.txt', 'data/B/m.1/1.jpg', 'txts/B/B_lmk.txt');
    expect(summary(await open(`${root}/data`, 'train')).groups).toEqual([['B', undefined]]);
  });

  test('remarks folders without images where other folders than groups may lie, and no text file names them', async () => {
    const root = await tree('A/m.1/1.jpg', 'B/m.1/1.txt', 'C/m.1/1.txt', 'txts/A/A_people.txt', 'txts/C/C_lmk.txt');
    const dataset = await open(root, 'train');
    expect(dataset.remarks).toEqual([`${root}/B holds no folders with images and is left out`]);
    expect(absent(dataset)).toEqual({ C: `C holds no photograph, only 1 .txt, in 1 folder of identities` });
  });

  test('keeps every group that a folder or a text file names, with the reason why it has no photographs', async () => {
    const root = await tree(
      'test/data/A/m.1/m.1_0001.jpg',
      'test/data/Video/m.1/m.1_0001.mp4',
      'test/data/Video/m.2/m.2_0001.mp4',
      'test/data/Video/m.2/notes.txt',
      'test/data/Flat/m.1_0001.jpg',
      'test/txts/Rows/Rows_lmk.txt',
      'test/txts/People_people.txt',
      'test/txts/A/A_lmk.txt',
      'test/txts/old/B_lmk.txt',
    );
    await mkdir(`${root}/test/data/Empty`);
    await mkdir(`${root}/test/data/Nobody/m.1`, { recursive: true });
    expect(absent(await open(root, 'test'))).toEqual({
      Empty: 'test/data/Empty is empty',
      Flat: 'test/data/Flat has 1 picture outside of folders of identities',
      Nobody: `test/data/Nobody holds no photograph, in 1 folder of identities`,
      People: 'test/data/People is not there, but test/txts/People_people.txt is',
      Rows: 'test/data/Rows is not there, but test/txts/Rows/Rows_lmk.txt is',
      Video: `test/data/Video holds no photograph, only 2 .mp4, 1 .txt, in 2 folders of identities`,
    });
  });

  test('does not take a landmark file for all groups for a group', async () => {
    const root = await tree('A/m.1/1.jpg', 'txts/A/A_lmk.txt', 'all_lmk.txt');
    expect((await open(root, 'train')).groups.map(group => group.name)).toEqual(['A']);
  });

  test.each([
    ['case', 'Asian', 'asian', '"Asian" and "asian"'],
    ['white space', 'Asian', 'Asian ', '"Asian" and "Asian "'],
    ['white space inside', 'East Asian', 'East\u00a0Asian', '"East Asian" and "East\\u00a0Asian"'],
    ['normal form', 'Zoe\u0301', 'Zo\u00e9', '"Zoe\\u0301" and "Zo\u00e9"'],
  ])('refuses two folders whose names differ in %s only, and names both', async (_, a, b, names) => {
    const root = await tree(`test/data/${a}/m.1/m.1_0001.jpg`, `test/data/${b}/m.2/m.2_0001.jpg`);
    await expect(open(root, 'test')).rejects.toMatchObject({
      code: 'twin-groups',
      message: expect.stringContaining(`${names} in ${root}/test/data`) as unknown,
    });
  });

  test.each([
    ['case', 'Asian', 'asian', 'asian', true],
    ['white space', 'East Asian', 'East  Asian', 'East  Asian', true],
    ['folder above', 'Asian', 'ASIAN', 'Asian', false],
    ['normal form', 'Zo\u00e9', 'Zoe\u0301', 'Zoe\u0301', false],
    ['normal form, the other way', 'Zoe\u0301', 'Zo\u00e9', 'Zo\u00e9', false],
    ['trailing space', 'Asian ', 'Asian', 'Asian', false],
  ])('finds text files whose name differs in %s', async (_, folder, texts, name, isTold) => {
    const text = `test/txts/${texts}/${name}_pairs.txt`;
    const root = await tree(`test/data/${folder}/m.1/m.1_0001.jpg`, text);
    const { groups, remarks } = await open(root, 'test');
    const shown = folder.normalize('NFC').trim();
    expect(groups).toMatchObject([{ name: shown, files: { pairs: join(root, text) } }]);
    const told = `Group ${shown}: ${join(root, text)} is taken for its file although it says "${name}"`;
    expect(remarks).toEqual(isTold ? [told] : []);
  });

  test('takes the file with the very name, and says that another one is not read', async () => {
    const root = await tree('test/data/A/m.1/1.jpg', 'test/txts/A/a_pairs.txt', 'test/txts/A/A_pairs.txt');
    const { groups, remarks } = await open(root, 'test');
    expect(groups[0]?.files.pairs).toBe(`${root}/test/txts/A/A_pairs.txt`);
    expect(remarks).toEqual([
      `Group A: ${root}/test/txts/A/a_pairs.txt is not read, because ${root}/test/txts/A/A_pairs.txt is`,
    ]);
  });

  test('refuses images outside of the folder of an identity', async () => {
    const root = await tree('A/m.1/1.jpg', 'A/2.jpg');
    await expect(open(root, 'train')).rejects.toThrow(`${root}/A/2.jpg is not in a folder of an identity`);
  });

  test('says where it has looked and what is there', async () => {
    const root = await tree('test/data/A/m.1/1.jpg', 'readme.txt');
    await expect(open(root, 'train')).rejects.toMatchObject({
      code: 'unknown-layout',
      message: `${nothingFits(root, 'train')}; the folder holds test/, readme.txt. Give the folder above, or another split than "train"`,
    });
  });

  test('says what a layout of folders needs', () => {
    expect(LAYOUTS.members.bupt.needs('train')).toBe(
      '<Group>/<identity>/<image> in images/race_per_7000 or race_per_7000 or images or .',
    );
    expect(LAYOUTS.members.bupt.needs('test')).toBe('another split than "test"');
  });

  test.each(['train', 'Train', 'test', 'val', 'validation'])(
    'takes no folder %s for a group, in which identities lie',
    async split => {
      for (const above of ['', 'images/']) {
        const root = await tree(`${above}${split}/m.1/1.jpg`, `${above}${split}/m.2/1.jpg`);
        await expect(open(root, 'train')).rejects.toMatchObject({
          code: 'unknown-layout',
          message:
            `${nothingFits(root, 'train')}; the folder holds ${above || `${split}/`}. ` +
            'Give the folder above, or another split than "train"',
        });
        await expect(openDataset(root, 'rfw', { split: 'train' })).rejects.toThrow('No other layout fits');
      }
    },
  );

  test('leaves out the folder of a split beside groups, with its text files, and says so', async () => {
    const root = await tree('A/m.1/1.jpg', 'test/m.2/1.jpg', 'txts/A_lmk.txt', 'txts/test_lmk.txt');
    const dataset = await open(root, 'train');
    expect(summary(dataset).groups).toEqual([['A', 'txts/A_lmk.txt']]);
    expect(dataset.remarks).toEqual([`${root}/test has the name of a split and is left out`]);
  });

  test('takes a group for one that has the name of a split where nothing but groups may lie', async () => {
    const { groups } = await open(await tree('race_per_7000/test/m.1/1.jpg'), 'train');
    expect(groups.map(({ name }) => name)).toEqual(['test']);
  });

  test('says which other layout fits where a stated one does not', async () => {
    const root = await tree('A/m.1/1.jpg');
    await expect(openDataset(root, 'rfw', { split: 'train' })).rejects.toMatchObject({
      code: 'unknown-layout',
      message:
        `Cannot read data set ${root} as rfw: it needs ${LAYOUTS.members.rfw.needs('train')}; ` +
        'the folder holds A/. It is laid out as bupt: use format: bupt',
    });
    await expect(openDataset(root, 'bupt', { split: 'test' })).rejects.toThrow(
      `Cannot read data set ${root} as bupt: it needs another split than "test"; the folder holds A/. ` +
        'No other layout fits: give the folder above, or another split than "test"',
    );
  });

  test('takes a stated layout where an earlier one of the list fits, too', async () => {
    const root = await tree('train/data/A/m.1/1.jpg', 'race_per_7000/B/m.1/1.jpg');
    expect((await open(root, 'train')).format).toBe('rfw');
    expect((await openDataset(root, 'bupt', { split: 'train' })).groups.map(({ name }) => name)).toEqual(['B']);
  });

  test('refuses to choose while it reads, because the key names no layout then', async () => {
    const root = await tree('A/m.1/1.jpg');
    await expect(openDataset(root, 'auto', { split: 'train' })).rejects.toThrow(
      'It is laid out as bupt: use format: bupt',
    );
  });
});

describe('landmarks from elsewhere', () => {
  test('are one file for all groups', async () => {
    const root = await tree('A/m.1/1.jpg', 'B/m.1/1.jpg', 'all.txt');
    const { groups } = await open(root, 'train', `${root}/all.txt`);
    expect(groups.map(group => group.files.landmarks)).toEqual(Array(2).fill(`${root}/all.txt`));
  });

  test('are a folder with a file for each group', async () => {
    const root = await tree('A/m.1/1.jpg', 'B/m.1/1.jpg', 'fixed/A_lmk.txt', 'fixed/B/B_lmk.txt');
    const { groups } = await open(root, 'train', `${root}/fixed`);
    expect(groups.map(group => group.files.landmarks)).toEqual([
      `${root}/fixed/A_lmk.txt`,
      `${root}/fixed/B/B_lmk.txt`,
    ]);
  });

  test('are refused when the folder lacks the file of a group', async () => {
    const root = await tree('A/m.1/1.jpg', 'fixed/B_lmk.txt');
    await expect(open(root, 'train', `${root}/fixed`)).rejects.toThrow(
      `Cannot find the landmarks of group A: neither A_lmk.txt nor A/A_lmk.txt is in ${root}/fixed`,
    );
  });
});
