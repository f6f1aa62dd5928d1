import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import promises, { mkdtemp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import sharp from 'sharp';
import type { DrawingOptions } from '../../src/drawing/drawing-options';
import type { StageEvent } from '../../src/stage';
import { synthesizeFaces } from '../../stages/synthesize-faces';
import { noEarlier } from '../helpers/no-earlier';
import { startStage } from '../helpers/start-stage';
import { drawPictures } from '../helpers/draw-pictures';

const options: DrawingOptions = {
  seed: 11,
  domain: 'real',
  groups: ['A', 'D'],
  trainIdentities: 3,
  trainImages: 2,
  testIdentities: 21,
  testImages: 2,
  pairsPerFold: 2,
  size: 112,
};

let scratch = '';
let folder = '';
let events: readonly StageEvent[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'drawn-faces-'));
  ({ folder, events } = await draw('first', {}, 1));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function draw(name: string, changes: Partial<DrawingOptions>, cores: number) {
  const at = path.join(scratch, name);
  await mkdir(path.join(at, 'photos'), { recursive: true });
  const run = startStage(synthesizeFaces, {
    options: { ...options, ...changes },
    inputs: {},
    folder: at,
    output: port => path.join(at, port),
    cores,
    engine: 'cpu',
    ...noEarlier(at),
    signal: new AbortController().signal,
  });
  return { folder: at, events: await lastValueFrom(run.pipe(toArray())) };
}

/** Every file with the digest of its bytes. */
async function digests(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  const digest = async (file: string): Promise<[string, string]> => [
    path.relative(root, file),
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  ];
  return Object.fromEntries(await Promise.all(files.sort().map(digest)));
}

const rows = async (file: string): Promise<string[][]> => {
  const text = await readFile(path.join(folder, 'photos', file), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map(line => line.split('\t'));
};

describe('synthesize-faces', () => {
  test('the same seed gives the same bytes at any concurrency', async () => {
    const again = await draw('again', {}, 4);
    expect(await digests(again.folder)).toEqual(await digests(folder));
  });

  test('another seed gives other photos under the same names', async () => {
    const other = await draw('other', { seed: 12, testIdentities: 0 }, 2);
    const [mine, theirs] = [await digests(folder), await digests(other.folder)];
    const photos = Object.keys(theirs).filter(name => name.includes(`${path.sep}data${path.sep}`));
    expect(photos).toHaveLength(2 * 3 * 2);
    for (const name of photos) expect(theirs[name]).not.toBe(mine[name] ?? 'missing');
  });

  test('a group does not change when another is left out, nor train when test is', async () => {
    const alone = await digests((await draw('alone', { groups: ['D'], testIdentities: 0 }, 2)).folder);
    const mine = await digests(folder);
    const files = Object.keys(alone).filter(name => name.startsWith(path.join('photos', 'train')));
    expect(files).toHaveLength(3 * 2 + 3);
    for (const name of files) expect(alone[name]).toBe(mine[name]);
  });

  test.each([
    ['train', 'A', 3],
    ['train', 'D', 3],
    ['test', 'A', 21],
    ['test', 'D', 21],
  ])('the files of %s %s name every photo, with five landmarks in it', async (split, group, identities) => {
    const txts = `${split}/txts/${group}/${group}`;
    const landmarks = await rows(`${txts}_lmk.txt`);
    expect(landmarks).toHaveLength(identities * 2);
    for (const [index, row] of landmarks.entries()) {
      expect(row).toHaveLength(12);
      const [file = '', label = '', ...numbers] = row;
      const identity = `real-${group.toLowerCase()}-${split}-${String((index >> 1) + 1).padStart(4, '0')}`;
      expect(file).toBe(`/${split}/data/${group}/${identity}/${identity}_000${(index % 2) + 1}.jpg`);
      expect(label).toBe(String(index >> 1));
      const { width, height } = await sharp(path.join(folder, 'photos', file)).metadata();
      expect([width, height]).toEqual([112, 112]);
      for (const number of numbers) expect(number).toMatch(/^\d+\.\d{3}$/);
      expect(Math.max(...numbers.map(Number))).toBeLessThan(112);
    }
    const images = await rows(`${txts}_images.txt`);
    expect(images).toEqual(landmarks.map(([file = '', label = '']) => [path.basename(file), label]));
    const people = await rows(`${txts}_people.txt`);
    expect(people).toEqual(landmarks.filter((_, i) => i % 2 === 0).map(([file = '']) => [file.split('/')[4]!, '2']));
  });

  test('train and test share no identity', async () => {
    const people = async (split: string): Promise<string[]> =>
      (await Promise.all(['A', 'D'].map(group => rows(`${split}/txts/${group}/${group}_people.txt`))))
        .flat()
        .map(row => row[0]!);
    const [train, testing] = [await people('train'), await people('test')];
    expect(new Set([...train, ...testing]).size).toBe(train.length + testing.length);
  });

  test('the pair file has 10 folds of genuine and then impostor pairs of photos that exist, and only for test', async () => {
    const pairs = await rows('test/txts/A/A_pairs.txt');
    expect(pairs.map(row => row.length)).toEqual(Array.from({ length: 10 }, () => [3, 3, 4, 4]).flat());
    const known = new Set((await rows('test/txts/A/A_people.txt')).map(row => row[0]));
    for (const [first, i, second, j] of pairs) {
      expect(known.has(first)).toBe(true);
      expect(['1', '2']).toContain(i);
      if (j === undefined) expect(['1', '2']).toContain(second);
      else expect(known.has(second)).toBe(true);
      expect(j === undefined ? i : first).not.toBe(second);
    }
    expect(new Set(pairs.map(row => row.join())).size).toBe(40);
    await expect(rows('train/txts/A/A_pairs.txt')).rejects.toThrow('ENOENT');
  });

  test('says that the faces are drawn, beside them', async () => {
    const notice = await readFile(path.join(folder, 'photos', 'README.txt'), 'utf8');
    expect(notice).toMatch(/These photographs are drawings\. They show nobody/);
    expect(notice).toMatch(/no groups of people/);
  });

  test('reports progress, counts and a contact sheet that is an image', async () => {
    const progress = events.filter(event => event.type === 'progress');
    expect(progress.at(-1)).toEqual({ type: 'progress', done: 96, total: 96, unit: 'photos' });
    expect(progress.length).toBeLessThanOrEqual(4);
    expect(events).toContainEqual({
      type: 'metrics',
      values: {
        photos: 96,
        train: { A: { identities: 3, images: 6, pairs: 0 }, D: { identities: 3, images: 6, pairs: 0 } },
        test: { A: { identities: 21, images: 42, pairs: 40 }, D: { identities: 21, images: 42, pairs: 40 } },
      },
    });
    const pictures = await drawPictures(synthesizeFaces, folder);
    expect([...pictures.keys()]).toEqual(['contact-sheet.jpg']);
    const sheet = await sharp(pictures.get('contact-sheet.jpg')).metadata();
    // Four rows (two groups in two splits) of three people with two photos of 112 pixels.
    expect(sheet.width).toBeGreaterThan(6 * 112);
    expect(sheet.height).toBeGreaterThan(4 * 112);
  });

  test('refuses too few identities for the pairs before drawing anything', async () => {
    await expect(draw('few', { testIdentities: 19 }, 2)).rejects.toMatchObject({ code: 'too-few-pairs' });
    expect(await readdir(path.join(scratch, 'few', 'photos'))).toEqual([]);
  });

  test('refuses to draw nothing', async () => {
    await expect(draw('nothing', { trainIdentities: 0, testIdentities: 0 }, 2)).rejects.toMatchObject({
      code: 'nothing-to-draw',
    });
  });
});

test('synthesize-faces refuses before it draws what does certainly not fit on the disk', async () => {
  // 2 groups of 3 x 2 and 21 x 2 photos, of 512 bytes at least.
  const needed = 2 * (3 * 2 + 21 * 2) * 512;
  const statfs = jest.spyOn(promises, 'statfs');
  const withFree = (bavail: number): void => void statfs.mockResolvedValue({ bavail, blocks: 1e6, bsize: 1 } as never);
  try {
    withFree(needed - 1);
    await expect(draw('no-room', {}, 1)).rejects.toMatchObject({
      code: 'too-little-disk',
      message: expect.stringContaining('Cannot draw faces: 96 photos take'),
    });
    expect(await readdir(path.join(scratch, 'no-room', 'photos'))).toEqual([]);
    withFree(needed);
    await draw('just-room', {}, 1);
  } finally {
    statfs.mockRestore();
  }
});
