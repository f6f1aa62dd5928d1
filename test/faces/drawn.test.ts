import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isDrawn, markDrawn } from '../../src/faces/drawn';
import { alignFaces } from '../../stages/align-faces';
import { readFaces } from '../../stages/read-faces';
import { READING } from '../helpers/photo-folder';
import { synthesizeFaces } from '../../stages/synthesize-faces';
import { runStage } from '../helpers/run-stage';

const json = async (...path: string[]): Promise<unknown> => JSON.parse(await readFile(join(...path), 'utf8'));

test('isDrawn() holds of a folder that markDrawn() has marked, and of no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-drawn-'));
  expect(await isDrawn(folder)).toBe(false);
  await markDrawn(folder);
  expect(await isDrawn(folder)).toBe(true);
});

test('that faces are drawn goes from the drawings to the aligned faces', async () => {
  const drawing = {
    seed: 1,
    domain: 'real',
    groups: ['A'],
    testIdentities: 0,
    testImages: 1,
    pairsPerFold: 1,
    size: 112,
  };
  const drawn = await runStage(synthesizeFaces, { ...drawing, trainIdentities: 2, trainImages: 1 } as never, {});
  const read = await runStage(readFaces, READING, { folder: join(drawn.folder, 'photos') });
  expect(await json(read.folder, 'photos', 'photo-set.json')).toMatchObject({ drawn: true });
  const align = { size: 112, template: 'arcface', allowSkipped: 1 };
  const aligned = await runStage(alignFaces, align as never, { photos: join(read.folder, 'photos') });
  expect(await json(aligned.folder, 'faces', 'face-set.json')).toMatchObject({ drawn: true });
});
