import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createFaceSet } from '../../../src/data/face-set';
import { knownFaces } from '../../../src/faces/alignment/known-faces';
import { temporaryFolder } from '../../helpers/temporary-folder';

const SHAPE = { size: 2, template: 'arcface' };
/** More than a row group of the table, so that the end of it can be damaged alone. */
const FACES = 2100;

const sourceOf = (face: number): string => createHash('sha256').update(`source ${face}`).digest('hex');
const pixelsOf = (face: number): Uint8Array => new Uint8Array(12).fill(face % 256);

async function faceSet(order: readonly number[]): Promise<string> {
  const folder = await temporaryFolder();
  const set = await createFaceSet(folder, SHAPE);
  for (const face of order) {
    const about = {
      path: `${face}.jpg`,
      identity: 'm',
      group: 'A',
      domain: 'real',
      residual: face,
      source: sourceOf(face),
    };
    await set.add(about, pixelsOf(face));
  }
  await set.close();
  return folder;
}

async function damageEnd(folder: string): Promise<void> {
  const path = join(folder, 'faces.parquet');
  const bytes = await readFile(path);
  const rows = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  bytes.fill(0xff, rows - 6000, rows);
  await writeFile(path, bytes);
}

const numbers = Array.from({ length: FACES }, (_, face) => face);

describe('knownFaces()', () => {
  test('finds each face by its source, in the first set that has it', async () => {
    const [first, second] = [await faceSet(numbers.slice(0, 10)), await faceSet(numbers.slice(5, 20).reverse())];
    const known = await knownFaces([first, second], SHAPE, text => expect(text).toBe(''));
    for (const face of numbers.slice(0, 20)) {
      expect(await known.find(sourceOf(face))).toMatchObject({ pixels: pixelsOf(face), residual: face });
    }
    expect(await known.find(sourceOf(20))).toBeUndefined();
    await known.close();
  });

  test('never gives another face where a set turns out to be damaged behind some of its rows', async () => {
    const [damaged, sound] = [await faceSet(numbers), await faceSet([...numbers].reverse())];
    await damageEnd(damaged);
    const warnings: string[] = [];
    const known = await knownFaces([damaged, sound], SHAPE, text => warnings.push(text));
    expect(warnings).toEqual([expect.stringContaining('rows from 2048 on cannot be read')]);
    for (const face of [0, 7, 1000, FACES - 1]) {
      const found = await known.find(sourceOf(face));
      if (found !== undefined) expect(found.pixels).toEqual(pixelsOf(face));
    }
    expect(await known.find(sourceOf(FACES - 1))).toMatchObject({ pixels: pixelsOf(FACES - 1) });
    await known.close();
  });
});
