import { beforeAll, describe, expect, test } from '@jest/globals';
import { readPairsFile } from '../../../src/datasets/layouts/pairs-file';
import { pairLines, put, temporaryFolder } from '../../helpers/photo-folder';

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder('pairs');
  // Files are told apart by name alone here.
  for (const image of [
    'm.a0/m.a0_0001.jpg',
    'm.a0/m.a0_0002.jpg',
    'm.a0/m.a0_0012.JPG',
    'm.a1/m.a1_2.png',
    'm.a1/x.jpg',
  ]) {
    await put(folder, `A/${image}`, '');
  }
  await put(folder, 'A/m.two/m.two_1.jpg', '');
  await put(folder, 'A/m.two/m.two_0001.jpg', '');
});

const read = async (lines: readonly string[]) => {
  const missing: [string, string][] = [];
  const alike: [string, string][] = [];
  const pairs = await readPairsFile(
    await put(folder, 'A_pairs.txt', lines.join('\n')),
    { name: 'A', folder: `${folder}/A` },
    {
      missing: (image, found) => missing.push([image, found.replace(folder, '')]),
      alike: (identity, name) => alike.push([identity, name]),
    },
  );
  return Object.assign(pairs, { missing, alike });
};
const failure = async (lines: readonly string[]) => {
  try {
    await read(lines);
  } catch (error) {
    return (error as Error).message.replace(folder, '');
  }
  return 'no error';
};
/** Ten folds of one genuine and one impostor pair, with a line replaced. */
const withLine = (number: number, line: string): string[] =>
  pairLines('A', 1).map((old, i) => (i === number - 1 ? line : old));

describe('readPairs', () => {
  test('reads ten folds of genuine, then impostor pairs', async () => {
    const pairs = await read(pairLines('A', 3));
    expect(pairs).toHaveLength(60);
    expect(pairs.missing).toEqual([]);
    expect(pairs[0]).toEqual({ fold: 0, a: 'm.a0/m.a0_0001.jpg', b: 'm.a0/m.a0_0002.jpg', genuine: true });
    expect(pairs[3]).toEqual({ fold: 0, a: 'm.a0/m.a0_0001.jpg', b: 'm.a1/m.a1_2.png', genuine: false });
    expect(pairs.map(pair => pair.fold)).toEqual(Array.from({ length: 60 }, (_, i) => Math.floor(i / 6)));
    expect(pairs.filter(pair => pair.genuine)).toHaveLength(30);
  });

  test('finds images by number beyond nine, with any number of zeros and any case of the extension', async () => {
    expect((await read(withLine(1, 'm.a0 1 12')))[0]?.b).toBe('m.a0/m.a0_0012.JPG');
  });

  test.each([
    [
      'image',
      'm.a0\t1\t7',
      'm.a0/m.a0_0007.jpg',
      'image 7 of identity "m.a0", which is not on disk: the identity has "1", "2" and "12"',
    ],
    ['identity', 'm.zz\t1\t1', 'm.zz/m.zz_0001.jpg', 'identity "m.zz", which group A does not have'],
  ])('keeps a pair whose %s is not on disk, and reports it', async (_, line, image, found) => {
    const pairs = await read(withLine(3, line.replace('zz\t1\t1', 'zz\t1\t2')));
    expect(pairs).toHaveLength(20);
    expect([pairs[2]!.a, pairs[2]!.b]).toContain(image);
    expect(pairs.missing[0]).toEqual([image, `/A_pairs.txt:3: found ${found}`]);
  });

  test('finds names in another normal form, and in another case where no other can be meant', async () => {
    const zoe = 'Zoe\u0301';
    for (const i of [1, 2]) await put(folder, `A/${zoe}/${zoe}_000${i}.jpg`, '');
    const pairs = await read(withLine(1, 'Zo\u00e9 1 2').map(line => line.replace('m.a1', 'M.A1')));
    expect(pairs[0]?.a).toBe(`${zoe}/${zoe}_0001.jpg`);
    expect(pairs[1]?.b).toBe('m.a1/m.a1_2.png');
    expect(pairs.alike[0]).toEqual(['M.A1', 'm.a1']);
    expect(pairs.missing).toEqual([]);
    expect(await failure(withLine(2, 'm.a1 2 M.A1 2'))).toContain('found an impostor pair within identity "m.a1"');
  });

  test.each([
    ['a way out of the group', 1, '../A\t1\t2', ':1: found identity "../A", which group A does not have'],
    [
      'an image that may be one of two',
      1,
      'm.two\t1\t1',
      'found image 1 of "m.two", which may be "m.two_0001.jpg" or "m.two_1.jpg"',
    ],
    ['a number that is none', 1, 'm.a0\t1\t2.5', ':1: found image number "2.5", want a whole number'],
    ['a number that is negative', 1, 'm.a0\t-1\t2', ':1: found image number "-1", want a whole number'],
    ['an image paired with itself', 1, 'm.a0\t1\t1', ':1: found m.a0/m.a0_0001.jpg paired with itself'],
    ['an impostor pair within an identity', 2, 'm.a0\t1\tm.a0\t2', ':2: found an impostor pair within identity "m.a0"'],
    [
      'an impostor pair in place of a genuine one',
      5,
      'm.a0\t1\tm.a1\t2',
      ':5: found an impostor pair, want a genuine one: of 20 pairs, a fold has 1 of each kind',
    ],
    ['a genuine pair in place of an impostor one', 4, 'm.a0\t1\t2', ':4: found a genuine pair, want an impostor one'],
    ['a header', 1, '10\t300', ':1: found 2 fields, want 3 (identity i j) or 4 (identity i identity j), and no header'],
  ])('refuses %s', async (_, number, line, wanted) => {
    expect(await failure(withLine(number, line))).toContain(wanted);
  });

  test.each([0, 2, 19, 30])('refuses %i pairs, which do not make ten equal folds', async count => {
    const lines = pairLines('A', 2).slice(0, count);
    expect(await failure(lines)).toContain(
      `/A_pairs.txt:${Math.max(1, count)}: found ${count} pairs up to here, want 10 equal folds`,
    );
  });
});
