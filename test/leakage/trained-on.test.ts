import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { seenLists, type SeenLists } from '../../src/leakage/seen-lists';
import { passOnTrainedOn, readTrainedOn, trainedOn, writeTrainedOn } from '../../src/leakage/trained-on';
import { temporaryFolder } from '../helpers/photo-folder';

const numbers = (...values: number[]): BigUint64Array => BigUint64Array.from(values, BigInt);
const seen = (...faces: number[]): SeenLists => ({
  faces: numbers(...faces),
  photographs: numbers(...faces.map(face => face + 100)),
  identities: numbers(...faces.map(face => face + 200)),
});
const none = seen();

describe('seenLists()', () => {
  test('sorts, leaves out what occurs again and what is not known', () => {
    const lists = seenLists({ pixels: numbers(9, 2, 9, 5), photographs: numbers(0, 7, 0, 3) }, [
      'real/A/a',
      'real/A/a',
    ]);
    expect([...lists.faces]).toEqual([2n, 5n, 9n]);
    expect([...lists.photographs]).toEqual([3n, 7n]);
    const bytes = createHash('sha256').update('real/A/a').digest();
    expect([...lists.identities]).toEqual([bytes.readBigUInt64LE()]);
  });
});

describe('trainedOn()', () => {
  test('keeps of the teachers what the model has not seen itself', () => {
    const first = { own: seen(1, 2), teacher: seen(8), teacherIs: 'known' } as const;
    const second = { own: seen(2, 3, 4), teacher: none, teacherIs: 'none' } as const;
    expect(trainedOn(seen(2, 4), [first, second])).toEqual({
      own: seen(2, 4),
      teacher: seen(1, 3, 8),
      teacherIs: 'known',
    });
  });

  test('says whether there was a teacher and whether it tells what it has seen', () => {
    const known = { own: seen(1), teacher: none, teacherIs: 'none' } as const;
    expect(trainedOn(seen(1), []).teacherIs).toBe('none');
    expect(trainedOn(seen(1), [undefined]).teacherIs).toBe('not known');
    expect(trainedOn(seen(1), [known, undefined]).teacherIs).toBe('not known');
    // The teacher's own teacher is one from elsewhere.
    expect(trainedOn(seen(1), [{ ...known, teacherIs: 'not known' }]).teacherIs).toBe('not known');
  });
});

describe('writeTrainedOn(), readTrainedOn()', () => {
  test('give back what was written, as little-endian numbers of eight bytes', async () => {
    const folder = await temporaryFolder('model');
    const about = { own: seen(1, 258), teacher: seen(3), teacherIs: 'known' } as const;
    await writeTrainedOn(folder, about);
    expect(await readTrainedOn(folder)).toEqual(about);
    expect([...(await readFile(join(folder, 'trained-on', 'faces.u64')))]).toEqual([
      ...[1, 0, 0, 0, 0, 0, 0, 0],
      ...[2, 1, 0, 0, 0, 0, 0, 0],
    ]);
  });

  test('know nothing of a folder without lists, and refuse damaged ones', async () => {
    const folder = await temporaryFolder('model');
    expect(await readTrainedOn(folder)).toBeUndefined();
    await writeTrainedOn(folder, { own: seen(1), teacher: none, teacherIs: 'none' });
    await writeFile(join(folder, 'trained-on', 'faces.u64'), Buffer.alloc(9));
    await expect(readTrainedOn(folder)).rejects.toMatchObject({ code: 'bad-trained-on' });
    await rm(join(folder, 'trained-on', 'faces.u64'));
    await expect(readTrainedOn(folder)).rejects.toMatchObject({ code: 'bad-trained-on' });
  });
});

describe('passOnTrainedOn()', () => {
  test.each([
    ['known', 'none'],
    ['not known', 'not known'],
  ] as const)(
    'gives all that a teacher whose own teacher is %s has seen to its embeddings',
    async (teacherIs, passed) => {
      const [model, embeddings] = [await temporaryFolder('model'), await temporaryFolder('embeddings')];
      await writeTrainedOn(model, { own: seen(1, 4), teacher: seen(2), teacherIs });
      await passOnTrainedOn(model, embeddings);
      expect(await readTrainedOn(embeddings)).toEqual({ own: seen(1, 2, 4), teacher: none, teacherIs: passed });
    },
  );

  test('writes nothing for a teacher that does not tell', async () => {
    const [model, embeddings] = [await temporaryFolder('model'), await temporaryFolder('embeddings')];
    await passOnTrainedOn(model, embeddings);
    expect(await readdir(embeddings)).toEqual([]);
  });
});
