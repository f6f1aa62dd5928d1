import { beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readLandmarks } from '../../../src/datasets/layouts/landmark-file';
import { put, temporaryFolder } from '../../helpers/photo-folder';

const POINTS = '1 2 3 4 5 6 7 8 9 10'.split(' ').join('\t');
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder('landmarks');
});

const read = async (text: string, { shared = false, group = 'A' } = {}) =>
  readLandmarks({ file: await put(folder, 'A_lmk.txt', text), shared }, group, ['A', 'B']);
const failure = async (text: string, options = {}) => {
  try {
    await read(text, options);
  } catch (error) {
    return (error as Error).message.replace(folder, '');
  }
  return 'no error';
};

describe('readLandmarks', () => {
  test.each([
    ['as RFW writes it', `/test/data/A/m.1/m.1_0001.jpg\t0\t${POINTS}`],
    ['without the leading slash', `test/data/A/m.1/m.1_0001.jpg\t0\t${POINTS}`],
    ['from the group on', `A/m.1/m.1_0001.jpg\t0\t${POINTS}`],
    ['from the identity on', `m.1/m.1_0001.jpg\t0\t${POINTS}`],
    ['with spaces', `/test/data/A/m.1/m.1_0001.jpg 0 ${POINTS.replaceAll('\t', ' ')}`],
    ['with Windows line ends and a byte order mark', `\uFEFFA/m.1/m.1_0001.jpg\t0\t${POINTS}\r\n\r\n`],
  ])('takes a row %s', async (_, text) => {
    const rows = await read(text);
    expect(rows.rows).toBe(1);
    expect(rows.take('m.1/m.1_0001.jpg')).toEqual(NUMBERS);
    expect(rows.take('m.1/m.1_0002.jpg')).toBeUndefined();
  });

  test('keeps points to the last digit, over thousands of rows', async () => {
    const rows = await read(
      Array.from({ length: 5000 }, (_, i) => `A/m.1/${i}.jpg\t0\t${i + 0.123456789}\t${POINTS.slice(2)}`).join('\n'),
    );
    expect(rows.rows).toBe(5000);
    expect(rows.take('m.1/4999.jpg')).toEqual([4999.123456789, ...NUMBERS.slice(1)]);
    const unused = [...rows.unused()];
    expect(unused).toHaveLength(4999);
    expect(unused[0]).toEqual({ image: 'm.1/0.jpg', line: 1 });
  });

  test('takes the rows of one group from a file that all share', async () => {
    const text = `A/m.1/1.jpg\t0\t${POINTS}\nB/m.1/1.jpg\t0\t${POINTS.replace('1', '11')}`;
    expect((await read(text, { shared: true, group: 'B' })).take('m.1/1.jpg')?.[0]).toBe(11);
    expect([...(await read(text, { shared: true, group: 'B' })).unused()]).toHaveLength(1);
  });

  test.each([
    ['decomposed', 'composed', 'Zoe\u0301', 'Zo\u00e9'],
    ['composed', 'decomposed', 'Zo\u00e9', 'Zoe\u0301'],
  ])('finds a %s row by a %s name', async (_, __, written, name) => {
    const rows = await read(`A/${written}/${written}_1.jpg\t0\t${POINTS}`);
    expect(rows.take(`${name}/${name}_1.jpg`)).toEqual(NUMBERS);
    expect([...rows.unused()]).toEqual([]);
  });

  test('finds a row in another case only when asked for one alike, and only where no other row is meant', async () => {
    const rows = await read(
      `A/Anna/Anna_1.jpg\t0\t${POINTS}\nA/Bob/bob_1.jpg\t0\t${POINTS}\nA/bob/Bob_1.JPG\t0\t${POINTS}`,
    );
    expect(rows.take('anna/anna_1.JPG')).toBeUndefined();
    expect(rows.takeAlike('anna/anna_1.JPG')).toEqual(NUMBERS);
    expect(rows.takeAlike('BOB/BOB_1.jpg')).toBeUndefined();
    expect([...rows.unused()].map(row => row.line)).toEqual([2, 3]);
  });

  test.each(['a', ' A', 'A '])('takes the group %j for A', async group => {
    expect((await read(`${group}/m.1/1.jpg\t0\t${POINTS}`)).rows).toBe(1);
  });

  test.each([
    [
      'too few fields',
      `A/m.1/1.jpg\t0\t${POINTS}\nA/m.1/2.jpg\t0\t1\t2`,
      '/A_lmk.txt:2: found 4 fields, want 12 (image, label, x1 y1 … x5 y5, separated by tabs); mend the row or remove it',
    ],
    ['an extra field', `A/m.1/1.jpg\t0\t${POINTS}\t11`, '/A_lmk.txt:1: found 13 fields, want 12'],
    ['an empty field', `A/m.1/1.jpg\t0\t${POINTS.replace('\t4\t', '\t\t')}`, ':1: found "" as y2, want a number'],
    ['a word', `A/m.1/1.jpg\t0\t${POINTS.replace('9', 'nan')}`, ':1: found "nan" as x5, want a number'],
    ['a hexadecimal', `A/m.1/1.jpg\t0\t0x10\t${POINTS.slice(2)}`, ':1: found "0x10" as x1, want a number'],
    ['a binary', `A/m.1/1.jpg\t0\t0b101\t${POINTS.slice(2)}`, ':1: found "0b101" as x1, want a number'],
    ['infinity', `A/m.1/1.jpg\t0\tInfinity\t${POINTS.slice(2)}`, ':1: found "Infinity" as x1, want a number'],
    ['a label that is no number', `A/m.1/1.jpg\tm.1\t${POINTS}`, ':1: found "m.1" as the label, want a number'],
    [
      'a second row for an image',
      `A/m.1/1.jpg\t0\t${POINTS}\n\n/test/data/A/m.1/1.jpg\t0\t${POINTS}`,
      ':3: found a second row for "m.1/1.jpg", the first is in line 1; remove one of them',
    ],
    ['a row of another group', `B/m.1/1.jpg\t0\t${POINTS}`, ':1: found group "B", want A; mend the row or remove it'],
    ['an image without an identity', `1.jpg\t0\t${POINTS}`, ':1: found image "1.jpg"; want <Group>/<identity>/<file>'],
  ])('refuses %s', async (_, text, wanted) => {
    expect(await failure(text)).toContain(wanted);
  });

  test.each(['x1', 'group', 'image', 'second'])('does not repeat a field of 5 MB: %s', async place => {
    const long = 'x'.repeat(5_000_000);
    const rows: Readonly<Record<string, string>> = {
      x1: `A/m.1/1.jpg\t0\t${long}\t${POINTS.slice(2)}`,
      group: `${long}/m.1/1.jpg\t0\t${POINTS}`,
      image: `${long}\t0\t${POINTS}`,
      second: `A/m.1/${long}\t0\t${POINTS}\nA/m.1/${long}\t0\t${POINTS}`,
    };
    expect((await failure(rows[place]!)).length).toBeLessThan(500);
  });

  test('counts the rows of groups that the data set does not have in a shared file', async () => {
    const row = (group: string, image: string): string => `${group}/m.1/${image}.jpg\t0\t${POINTS}`;
    const rows = await read([row('A', '1'), row('C', '1'), row('C', '2'), row('b', '1')].join('\n'), { shared: true });
    expect(rows.rows).toBe(1);
    expect([...rows.strangers]).toEqual([['C', { rows: 2, line: 2 }]]);
    expect(await failure(`m.1/1.jpg\t0\t${POINTS}`, { shared: true })).toContain('found image "m.1/1.jpg"');
  });

  test('says that a file is not there', async () => {
    const file = join(folder, 'none.txt');
    await expect(readLandmarks({ file, shared: false }, 'A', ['A'])).rejects.toMatchObject({ code: 'unreadable-file' });
  });
});
