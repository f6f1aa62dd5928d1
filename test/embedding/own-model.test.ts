import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openGivenModel, refuseWrongRole } from '../../src/embedding/recogniser/face-model';
import type { RecogniserChoice } from '../../src/embedding/recogniser/recogniser-options';
import { seededRandom } from '../../src/kit/math/random';
import { exportOnnx } from '../../src/learning/exporters/export-onnx';
import { contractMetadata } from '../../src/models/input-contract';
import { initialise, type Backbone } from '../../src/learning/networks';
import { temporaryFolder } from '../helpers/temporary-folder';
import { encodeOnnx } from '../helpers/tiny-onnx';

const BACKBONE: Backbone = {
  name: 'toy',
  inputSize: 16,
  embeddingSize: 5,
  layers: [
    { op: 'conv', name: 'conv', filters: 4, kernel: 4, stride: 4, pad: 0 },
    { op: 'flatten', name: 'flat' },
    { op: 'dense', name: 'fc', units: 5, bias: true },
  ],
};
const WEIGHTS = initialise(BACKBONE, seededRandom(1));

describe('openGivenModel() of a model.onnx that was written here in any folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });

  async function opened(metadata: Readonly<Record<string, string>>, choice: Partial<RecogniserChoice> = {}) {
    const path = join(folder, 'student.onnx');
    await writeFile(path, exportOnnx(BACKBONE, WEIGHTS, metadata));
    const given = { model: path, batch: 2, ...choice };
    const { model, recogniser } = await openGivenModel('teacher', undefined, given, { faceSize: 16, cores: 1 });
    await recogniser.close();
    const { channels, mean, scale, layout } = recogniser.preprocessing;
    return { name: model.architecture, channels, mean, scale, layout };
  }

  const usual = { ...BACKBONE, architecture: 'other', layout: 'NCHW' } as const;
  const unusual = contractMetadata({ ...usual, channels: 'BGR', mean: 120, scale: 60 });

  test('feeds it as its metadata say, without any option', async () => {
    const ours = { channels: 'RGB', mean: 127.5, scale: 127.5, layout: 'NCHW' };
    expect(await opened({})).toEqual({ name: 'toy', ...ours });
    expect(await opened(unusual)).toEqual({ name: 'other', channels: 'BGR', mean: 120, scale: 60, layout: 'NCHW' });
  });

  test('lets options go before them, one by one', async () => {
    expect(await opened(unusual, { mean: 0 })).toMatchObject({ channels: 'BGR', mean: 0, scale: 60 });
    expect(await opened(unusual, { channels: 'RGB' })).toMatchObject({ channels: 'RGB', mean: 120, scale: 60 });
  });

  test('leaves it to whoever opens the file to say that there is none', async () => {
    const given = { model: join(folder, 'nothing.onnx'), batch: 2 };
    const opening = openGivenModel('teacher', undefined, given, { faceSize: 16, cores: 1 });
    await expect(opening).rejects.toMatchObject({ code: 'missing-model' });
  });

  test.each([
    ['inputSize', '224', 'its graph takes 16 x 16 pixels'],
    ['embeddingSize', '512', 'its graph gives 5 values a face'],
    ['layout', 'NHWC', 'its graph takes NCHW'],
  ])('refuses metadata that contradict the graph: %s', async (key, said, found) => {
    const opening = opened({ [`fairdistill.${key}`]: said });
    await expect(opening).rejects.toMatchObject({ code: 'bad-contract' });
    await expect(opening).rejects.toThrow(`"fairdistill.${key}" is ${said}, but ${found}; export the model again`);
  });

  test('refuses faces of another size than the metadata of a graph that takes any', async () => {
    const shape = ['N', 3, 'H', 'W'];
    const path = join(folder, 'any.onnx');
    const metadata = contractMetadata({ ...usual, channels: 'RGB', mean: 127.5, scale: 127.5, embeddingSize: 3 });
    const pooled = { op: 'GlobalAveragePool', in: ['data'], out: 'pooled' };
    const nodes = [pooled, { op: 'Flatten', in: ['pooled'], out: 'flat' }];
    const outputs = [{ name: 'flat', shape: ['N', 3] }];
    await writeFile(path, encodeOnnx({ inputs: [{ name: 'data', shape }], nodes, outputs, metadata }));
    const open = async (faceSize: number) => {
      const { recogniser } = await openGivenModel(
        'teacher',
        undefined,
        { model: path, batch: 2 },
        { faceSize, cores: 1 },
      );
      await recogniser.close();
    };
    await open(16);
    await expect(open(112)).rejects.toThrow(
      '"fairdistill.inputSize" is 16, but the faces have 112 x 112 pixels, and its graph takes any; align the faces to that size',
    );
  });

  test.each([
    ['inputSize', 32, 'its graph takes 16 x 16 pixels'],
    ['embeddingSize', 6, 'its graph gives 5 values a face'],
  ])('refuses a model.json that contradicts the graph beside it: %s', async (key, said, found) => {
    const artifact = await temporaryFolder();
    await writeFile(join(artifact, 'model.onnx'), exportOnnx(BACKBONE, WEIGHTS, {}));
    await writeFile(join(artifact, 'model.json'), JSON.stringify({ [key]: said }));
    const input = { stage: 'student', folder: artifact, digest: 'sha256:1' };
    const opening = openGivenModel('model', input, { batch: 2 }, { faceSize: 16, cores: 1 });
    await expect(opening).rejects.toThrow(`"${key}" is ${said}, but ${found}; run the stage that made it again`);
  });

  test('refuses metadata that are damaged', async () => {
    await expect(opened({ 'fairdistill.channels': 'green' })).rejects.toMatchObject({ code: 'bad-contract' });
  });
});

describe('refuseWrongRole()', () => {
  test.each([
    ['distilled', {}, 'was trained without a teacher', 'role: plain'],
    ['plain', { teacher: 'abc' }, 'learnt from a teacher', 'role: distilled'],
  ])('refuses a model as %s that was trained on %j', async (role, trainedOn, found, advice) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'model.onnx'), exportOnnx(BACKBONE, WEIGHTS, {}));
    await writeFile(join(folder, 'model.json'), JSON.stringify({ trainedOn }));
    const input = { stage: 'student', folder, digest: 'sha256:1' };
    const { model, recogniser } = await openGivenModel('model', input, { batch: 2 }, { faceSize: 16, cores: 1 });
    await recogniser.close();
    expect(() => refuseWrongRole(model, role)).toThrow(found);
    expect(() => refuseWrongRole(model, role)).toThrow(advice);
    for (const other of ['teacher', 'other', role === 'plain' ? 'distilled' : 'plain'])
      expect(() => refuseWrongRole(model, other)).not.toThrow();
  });

  test('takes a model that does not say how it was trained for what it is called', () => {
    for (const role of ['distilled', 'plain']) expect(() => refuseWrongRole({}, role)).not.toThrow();
  });
});
