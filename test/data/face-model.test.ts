import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readModelDescription, writeFaceModel, type ModelDescription } from '../../src/data/face-model';
import { temporaryFolder } from '../helpers/temporary-folder';

const DESCRIPTION: ModelDescription = {
  ...{ architecture: 'tiny', parameters: 10, embeddingSize: 4, inputSize: 112 },
  ...{ channels: 'RGB', layout: 'NCHW', mean: 127.5, scale: 127.5 },
  ...{ classes: 3, trainedOn: { faces: ['sha256:0'], images: 9 }, recipe: { epochs: 1 }, initialisation: {} },
  ...{ engine: 'cpu', precision: 'f32' },
};

test('writeFaceModel() writes ONNX, weights and a description that readModelDescription() gives back', async () => {
  const folder = await temporaryFolder();
  const weights = (path: string): Promise<void> => writeFile(path, basename(path));
  const files = await writeFaceModel(folder, { onnx: Uint8Array.of(8, 9), weights, description: DESCRIPTION });
  expect([...(await readFile(join(folder, 'model.onnx')))]).toEqual([8, 9]);
  expect(await readFile(join(folder, 'weights.safetensors'), 'utf8')).toBe('weights.safetensors');
  expect(await readFile(files.description, 'utf8')).toBe(`${JSON.stringify(DESCRIPTION, null, 2)}\n`);
  expect(await readModelDescription(folder)).toEqual(DESCRIPTION);
});

test.each([
  ['[]', 'it is no map'],
  ['{"mean": "grey"}', '"mean" is "grey"'],
  ['{"scale": 0}', '"scale" is 0'],
  ['{"channels": "GRB"}', '"channels" is "GRB"'],
  ['{"doubts": [1]}', '"doubts" is [1]'],
  ['{"recipe": null}', '"recipe" is null'],
  ['{"mean": 1', 'JSON'],
])('readModelDescription() refuses %s', async (text, found) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'model.json'), text);
  await expect(readModelDescription(folder)).rejects.toMatchObject({
    code: 'bad-model',
    message: expect.stringContaining(found),
  });
});
