import { beforeAll, describe, expect, test } from '@jest/globals';
import { doubtLabels, readImageLabels } from '../../../src/datasets/layouts/compare-labels';
import { labelColumn, type LabelColumn } from '../../../src/datasets/layouts/label-column';
import { put, temporaryFolder } from '../../helpers/photo-folder';

type Row = readonly [identity: string, label: number];

function columnOf(rows: readonly Row[]): LabelColumn {
  const labels = labelColumn();
  rows.forEach(([identity, label], i) => labels.add(identity, label, i + 1));
  return labels;
}
const doubts = (...files: readonly (readonly Row[])[]) =>
  doubtLabels(files.map((rows, i) => ({ file: `/d/${i === 0 ? 'A_lmk' : 'A_images'}.txt`, labels: columnOf(rows) })));

const RIGHT: readonly Row[] = [
  ['m.1', 0],
  ['m.1', 0],
  ['m.2', 1],
  ['m.3', 2],
];
const plus = (rows: readonly Row[], more: number) => rows.map(([name, label]) => [name, label + more] as const);

describe('doubtLabels', () => {
  test.each<[string, readonly Row[]]>([
    ['numbered from 0', RIGHT],
    ['numbered from 1', plus(RIGHT, 1)],
    [
      'that skip numbers, in any order',
      [
        ['m.1', 907],
        ['m.2', 3],
        ['m.1', 907],
        ['m.3', 41],
      ],
    ],
    ['that are all 0', RIGHT.map(([name]) => [name, 0] as const)],
    [
      'of one identity',
      [
        ['m.1', 5],
        ['m.1', 5],
      ],
    ],
    ['of nobody', []],
    [
      'of one identity in two normal forms',
      [
        ['Zo\u00e9', 1],
        ['m.2', 2],
        ['Zoe\u0301', 1],
      ],
    ],
  ])('has none about labels %s', (_, rows) => expect(doubts(rows)).toEqual([]));

  test('reports an identity with several labels, with both lines', () => {
    const [doubt] = doubts([...RIGHT, ['m.3', 7], ['m.3', 8]]);
    expect(doubt).toMatchObject({ doubtful: 1, identities: 3 });
    expect(doubt!.text).toContain('1 of 3 identities have several labels ("m.3" in line 4 is 2, in line 5 7)');
    expect(doubt!.short).toBe('the labels of A_lmk.txt contradict the folders of 1 of 3 identities');
  });

  test('reports a label of two identities, with both lines', () => {
    const [doubt] = doubts([...RIGHT, ['m.4', 1]]);
    expect(doubt).toMatchObject({ doubtful: 1, identities: 4 });
    expect(doubt!.text).toContain('1 have the label of another one (1 is "m.2" in line 3 and "m.4" in line 5)');
  });

  test('reports shuffled labels', () => {
    const rows = Array.from({ length: 4000 }, (_, i) => [`m.${i % 40}`, (i * 7919) % 4001] as const);
    expect(doubts(rows)).toMatchObject([{ doubtful: 40, identities: 40 }]);
  });

  test('reports two files that number people differently, but neither when one says nothing', () => {
    const [doubt] = doubts(RIGHT, plus(RIGHT, 1));
    expect(doubt).toMatchObject({ doubtful: 3, identities: 3 });
    expect(doubt!.text).toContain(
      '/d/A_lmk.txt and /d/A_images.txt number 3 of 3 identities differently ("m.1" is 0 and 1)',
    );
    expect(doubts(RIGHT, RIGHT)).toEqual([]);
    expect(
      doubts(
        RIGHT,
        RIGHT.map(([name]) => [name, 0] as const),
      ),
    ).toEqual([]);
  });
});

describe('readImageLabels', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder('labels');
  });
  const strangers = async (text: string) => {
    const file = await readImageLabels(await put(folder, 'A_images.txt', text), ['m.1', 'M.2', 'a_1', 'x', 'X']);
    return doubtLabels([file]);
  };
  const read = async (text: string) => {
    const { labels } = await readImageLabels(await put(folder, 'A_images.txt', text), ['m.1', 'm.2', 'a_1']);
    return [...labels.identities()].map(identity => [identity, labels.labelOf(identity)]);
  };

  test.each([
    [
      'file names',
      'm.1_0001.jpg\t4\na_1_0012.jpg\t5',
      [
        ['m.1', 4],
        ['a_1', 5],
      ],
    ],
    [
      'paths',
      '/train/data/A/m.2/1.jpg\t4\nm.1/x.jpg 5',
      [
        ['m.2', 4],
        ['m.1', 5],
      ],
    ],
    ['rows that say nothing', 'file\tlabel\nm.1_0001.jpg\nm.9_0001.jpg\t3\nm.2_0001.jpg\tm.2', []],
  ])('takes %s', async (_, text, found) => expect(await read(text)).toEqual(found));

  test('reports rows that name people without a folder, with their number and the first', async () => {
    const [doubt, ...more] = await strangers(
      'm.1_0001.jpg\t0\n/test/data/B/m.8/m.8_0001.jpg\t1\nm.9_0001.jpg\nm.9_0002.jpg\t2',
    );
    expect(more).toEqual([]);
    expect(doubt).toMatchObject({ doubtful: 2, identities: 3 });
    expect(doubt!.text).toContain(
      `3 of 4 rows of ${folder}/A_images.txt name people without a folder, the first is "m.8" in line 2`,
    );
    expect(doubt!.short).toBe('3 of 4 rows of A_images.txt name people without a folder, the first is "m.8" in line 2');
    const [nobody] = await strangers('m.1_0001.jpg\t0\nnobody\t7\nm.9_0001.jpg\t2');
    expect(nobody!.short).toContain(
      '2 of 3 rows of A_images.txt name people without a folder, the first is "nobody" in line 2',
    );
    // X and x are two people, and this is one of both.
    expect(await strangers('x_0001.jpg\t1\nX_0001.jpg\t2')).toEqual([]);
  });

  test.each([
    ['a row for everybody', 'm.1_0001.jpg\t0\nM.2_0001.jpg\t1\na_1_0001.jpg\t2'],
    ['a headline', 'image_1\tlabel\nm.1_0001.jpg\t0'],
    ['names in another case', 'm.2_0001.jpg\t0\nM.1_0001.jpg\t1'],
    ['names that name no identity', '000001@en.jpg\t0\nface.jpg\t1'],
    ['file names behind another folder', '/photos/m.1_0001.jpg\t0\nA/m.2_0001.jpg\t1'],
  ])('finds no strangers in %s', async (_, text) => expect(await strangers(text)).toEqual([]));
});
