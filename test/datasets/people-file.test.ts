import { describe, expect, test } from '@jest/globals';
import { readPeople } from '../../src/datasets/people-file';
import { put, temporaryFolder } from '../helpers/photo-folder';

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
