import { describe, expect, test } from '@jest/globals';
import { relative } from 'node:path';
import type { Dataset } from '../../src/datasets/format';
import { withLandmarks } from '../../src/datasets/identity-folder';
import { datasetFormats, openDataset } from '../../src/datasets/index';
import { put, temporaryFolder } from '../helpers/photo-folder';

/** A folder with these (empty) files. */
const tree = async (...paths: readonly string[]): Promise<string> => {
  const root = await temporaryFolder('layout');
  for (const path of paths) await put(root, path, '');
  return root;
};
const summary = ({ root, format, groups }: Dataset) => ({
  format,
  groups: groups.map(group => [
    group.name,
    relative(root, group.folder),
    group.landmarks && relative(root, group.landmarks.file),
  ]),
});

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
    const dataset = await openDataset(root, 'test');
    expect(summary(dataset)).toEqual({
      format: 'rfw',
      groups: [
        ['African', 'test/data/African', 'test/txts/African/African_lmk.txt'],
        ['Indian', 'test/data/Indian', undefined],
        ['asian', 'test/data/asian', undefined],
      ],
    });
    expect(dataset.groups[0]).toMatchObject({
      pairs: `${root}/test/txts/African/African_pairs.txt`,
      people: `${root}/test/txts/African/African_people.txt`,
    });
  });

  test.each([
    ['images/test/A/m.1/1.jpg', 'test', 'rfw', 'images/test/A'],
    ['data/A/m.1/1.jpg', 'test', 'rfw', 'data/A'],
    ['images/race_per_7000/A/m.1/1.jpg', 'train', 'bupt', 'images/race_per_7000/A'],
    ['race_per_7000/A/m.1/1.jpg', 'train', 'bupt', 'race_per_7000/A'],
    ['A/m.1/1.jpg', 'train', 'bupt', 'A'],
  ])('finds %s', async (path, split, format, folder) => {
    expect(summary(await openDataset(await tree(path), split))).toEqual({ format, groups: [['A', folder, undefined]] });
  });

  test.each(['txts/A/A_lmk.txt', 'txts/A_lmk.txt', 'A/A_lmk.txt', 'A_lmk.txt'])('finds landmarks in %s', async path => {
    const root = await tree('A/m.1/1.jpg', path);
    expect(summary(await openDataset(root, 'train')).groups).toEqual([['A', 'A', path]]);
  });

  test('does not look for landmarks outside of the root, which is all that the key knows', async () => {
    const root = await tree('A/m.1/1.jpg', 'txts/A/A_lmk.txt', 'data/B/m.1/1.jpg', 'txts/B/B_lmk.txt');
    expect(summary(await openDataset(`${root}/data`, 'train')).groups).toEqual([['B', 'B', undefined]]);
  });

  test('remarks folders without images', async () => {
    const root = await tree('A/m.1/1.jpg', 'B/m.1/1.txt', 'txts/A/A_people.txt');
    expect((await openDataset(root, 'train')).remarks).toEqual([
      `${root}/B holds no folders with images and is left out`,
    ]);
  });

  test('refuses images outside of the folder of an identity', async () => {
    const root = await tree('A/m.1/1.jpg', 'A/2.jpg');
    await expect(openDataset(root, 'train')).rejects.toThrow(`${root}/A/2.jpg lies outside of a folder of an identity`);
  });

  test('says where it has looked and what is there', async () => {
    const root = await tree('test/data/A/m.1/1.jpg', 'readme.txt');
    await expect(openDataset(root, 'train')).rejects.toMatchObject({
      code: 'unknown-layout',
      message:
        `Cannot read data set ${root}: no <Group>/<identity>/<image> in any of train/data, images/train, images/train/data, data, ` +
        'images/race_per_7000, race_per_7000, images, .; the folder holds test/, readme.txt. ' +
        'Give the folder above, or another split than "train"',
    });
  });

  test('has formats with names of their own', () => {
    expect(new Set(datasetFormats.map(format => format.name)).size).toBe(datasetFormats.length);
  });
});

describe('withLandmarks', () => {
  test('takes one file for all groups', async () => {
    const root = await tree('A/m.1/1.jpg', 'B/m.1/1.jpg', 'all.txt');
    const { groups } = withLandmarks(await openDataset(root, 'train'), `${root}/all.txt`);
    expect(groups.map(group => group.landmarks)).toEqual(Array(2).fill({ file: `${root}/all.txt`, shared: true }));
  });

  test('takes a folder with a file for each group', async () => {
    const root = await tree('A/m.1/1.jpg', 'B/m.1/1.jpg', 'fixed/A_lmk.txt', 'fixed/B/B_lmk.txt');
    const { groups } = withLandmarks(await openDataset(root, 'train'), `${root}/fixed`);
    expect(groups.map(group => group.landmarks?.file)).toEqual([
      `${root}/fixed/A_lmk.txt`,
      `${root}/fixed/B/B_lmk.txt`,
    ]);
  });

  test('refuses a folder that lacks the file of a group', async () => {
    const root = await tree('A/m.1/1.jpg', 'fixed/B_lmk.txt');
    const dataset = await openDataset(root, 'train');
    expect(() => withLandmarks(dataset, `${root}/fixed`)).toThrow(
      `Cannot find the landmarks of group A: neither A_lmk.txt nor A/A_lmk.txt lies in ${root}/fixed`,
    );
  });
});
