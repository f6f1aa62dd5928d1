import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openScores, writeScores } from '../../src/data/scores';
import { pairsWithErrors } from '../helpers/evaluations';
import { temporaryFolder } from '../helpers/photo-folder';

test('scores.parquet gives the pairs that were written, in their order, again and again', async () => {
  const folder = await temporaryFolder('scores');
  const pairs = pairsWithErrors({ A: [1, 2], B: [3] });
  await writeScores(folder, pairs);
  const scores = await openScores(folder);
  expect(scores.count).toBe(60);
  const readAll = async () => {
    const read = [];
    for await (const pair of scores) read.push(pair);
    return read;
  };
  expect(await readAll()).toEqual(pairs);
  expect(await readAll()).toEqual(pairs);
  await scores.close();
});

test('scores.parquet is refused where it is missing or no table', async () => {
  const folder = await temporaryFolder('scores');
  await expect(openScores(folder)).rejects.toMatchObject({ code: 'bad-table' });
  await writeFile(join(folder, 'scores.parquet'), 'x');
  await expect(openScores(folder)).rejects.toMatchObject({ code: 'bad-table' });
});
