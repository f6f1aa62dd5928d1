import { describe, expect, test } from '@jest/globals';
import { doubtPeople, readPeople } from '../../../src/datasets/layouts/people-file';
import { put, temporaryFolder } from '../../helpers/photo-folder';

const read = async (text: string) => readPeople(await put(await temporaryFolder('people'), 'A_people.txt', text));

describe('readPeople', () => {
  test('reads images per identity, none included', async () => {
    expect([...(await read('m.1\t3\nm.2 0\n'))]).toEqual([
      ['m.1', 3],
      ['m.2', 0],
    ]);
  });

  test.each([
    ['a third field', 'm.1\t3\nm.2\t1\t1', ':2: found 3 fields, want 2 (identity, count); mend the row'],
    ['a count that is none', 'm.1\tmany', ':1: found "many" images, want a whole number'],
    ['a second row', 'm.1\t3\nm.1\t3', ':2: found a second row for "m.1"; remove one of them'],
  ])('refuses %s', async (_, text, wanted) => {
    await expect(read(text)).rejects.toThrow(wanted);
  });
});

describe('doubtPeople', () => {
  const doubt = async (text: string, counts: Record<string, number>) =>
    doubtPeople(await put(await temporaryFolder('people'), 'A_people.txt', text), new Map(Object.entries(counts)));

  test.each([
    ['what is there', 'm.1\t2\nm.2\t1', { 'm.1': 2, 'm.2': 1 }],
    ['people without images, who have no folder', 'm.1\t2\nm.2\t0', { 'm.1': 2 }],
    ['all but those with an empty folder', 'm.1\t2', { 'm.1': 2, 'm.2': 0 }],
    ['names in another case', 'M.1\t2', { 'm.1': 2 }],
  ])('has none about a file that lists %s', async (_, text, counts) =>
    expect(await doubt(text, counts)).toBeUndefined(),
  );

  test.each([
    [
      'a file without a row for a person',
      'm.1\t2',
      '1 of 2 folders of identities have no row in A_people.txt, the first is "m.2"',
    ],
    [
      'another number',
      'm.1\t2\nm.2\t4',
      '1 of 2 identities have another number of images than A_people.txt says, the first is "m.2" with 1 instead of 4',
    ],
    [
      'the file of another group',
      'n.1\t2\nn.2\t1\nn.3\t1',
      '3 of 3 identities in A_people.txt have no folder, the first is "n.1"; ' +
        '2 of 2 folders of identities have no row in A_people.txt, the first is "m.1"',
    ],
  ])('reports %s', async (_, text, short) => {
    const found = await doubt(text, { 'm.1': 2, 'm.2': 1 });
    expect(found!.short).toBe(short);
    expect(found!.text.replace(/\/\S*\//g, '')).toBe(short);
  });

  test('counts everybody who is in doubt once', async () => {
    const counts = { 'm.1': 2, 'm.2': 1, 'm.3': 1 };
    expect(await doubt('m.1\t7\nm.9\t1\nm.3\t1', counts)).toMatchObject({ doubtful: 3, identities: 4 });
  });
});
