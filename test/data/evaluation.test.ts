import { describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEvaluation, writeEvaluation } from '../../src/data/evaluation';
import { madeUpEvaluation, pairsWithErrors } from '../helpers/evaluations';
import { temporaryFolder } from '../helpers/photo-folder';

const evaluation = madeUpEvaluation({ label: 'x', role: 'other' }, pairsWithErrors({ A: Array(10).fill(1) }));
const [group] = evaluation.groups;

describe('evaluation.json', () => {
  test('is read as it was written, and may have more than is read', async () => {
    const folder = await temporaryFolder('evaluation');
    await writeEvaluation(folder, { ...evaluation, duplicates: { ofOtherIdentity: 0, more: [1] } });
    expect(await readEvaluation(folder, 'evaluate')).toEqual({
      ...evaluation,
      duplicates: { ofOtherIdentity: 0, more: [1] },
    });
  });

  test.each([
    ['no groups', { groups: [] }, '/groups must NOT have fewer than 1 items'],
    ['a number that is none', { overall: { ...evaluation.overall, mean: NaN } }, '/overall/mean must be number,null'],
    ['nine folds', { groups: [{ ...group!, foldSizes: Array(9).fill(1) }] }, '/groups/0/foldSizes must NOT have fewer'],
    [
      'a model without weights',
      { model: { architecture: 'a', embeddingSize: 1 } },
      '/model must have required property',
    ],
  ])('with %s is neither written nor read', async (_, change, message) => {
    const folder = await temporaryFolder('evaluation');
    const wrong = { ...evaluation, ...change };
    await expect(writeEvaluation(folder, wrong)).rejects.toThrow(message);
    await writeFile(join(folder, 'evaluation.json'), JSON.stringify(wrong).replace('"mean":null', '"mean":"NaN"'));
    await expect(readEvaluation(folder, 'evaluate')).rejects.toMatchObject({
      code: 'bad-evaluation',
      message: expect.stringContaining(message),
    });
  });

  test('says its version first', async () => {
    const folder = await temporaryFolder('evaluation');
    await writeEvaluation(folder, evaluation);
    expect(await readFile(join(folder, 'evaluation.json'), 'utf8')).toMatch(/^\{\n {2}"version": 2,\n/);
  });
});
