import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { distillStudent } from '../../stages/distill-student';
import { trainTeacher } from '../../stages/train-teacher';
import { createEmbeddingSet } from '../../src/data/embedding-set';
import { seededRandom } from '../../src/kit/math/random';
import type { StageInput } from '../../src/stage';
import { testFaces, writeFaceSet } from '../helpers/face-set';
import { trainOnWasm as run } from '../helpers/train-on-wasm';
import { drawPictures } from '../helpers/draw-pictures';

const IDENTITY = [{ loss: 'elastic-arcface' }];
const SIZE = 112;
const SETS = { real: testFaces('A', 2, 4, SIZE, 20), synthetic: testFaces('B', 2, 4, SIZE, 20) };

describe('training stages', () => {
  const faces: StageInput[] = [];
  const embeddings: StageInput[] = [];
  beforeAll(async () => {
    for (const [name, set] of Object.entries(SETS)) {
      const digest = `sha256:${name}`;
      faces.push({ stage: `align-${name}`, folder: await writeFaceSet(set, SIZE), digest });
      const folder = await mkdtemp(join(tmpdir(), 'fairdistill-embeddings-'));
      const preprocessing = { size: SIZE, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 } as const;
      const writer = await createEmbeddingSet(folder, {
        dim: 64,
        facesDigest: digest,
        teacherSha256: 'x',
        preprocessing,
      });
      for (const [row, { identity, group }] of set.entries()) {
        const random = seededRandom(1, identity);
        const vector = Float32Array.from({ length: 64 }, () => random.normal() / 8);
        const views = { embedding: vector, embeddingFlipped: vector, norm: 1, normFlipped: 1 };
        await writer.add({ row, key: String(row), identity, group, ...views });
      }
      await writer.close();
      embeddings.push({ stage: `embed-${name}`, folder, digest: `sha256:of-${name}` });
    }
  });

  test('train-teacher leaves a model, a curve, a table of steps and its progress', async () => {
    const { folder, events, model } = await run(
      trainTeacher,
      { backbone: 'tiny', epochs: 2, batch: 4, embeddingSize: 64 },
      { faces: faces.slice(0, 1) },
    );
    expect((await readdir(folder)).sort()).toEqual(['model', 'training.csv']);
    const files = ['model.json', 'model.onnx', 'trained-on', 'weights.safetensors'];
    expect((await readdir(join(folder, 'model'))).sort()).toEqual(files);
    expect(model).toMatchObject({
      architecture: 'tiny',
      embeddingSize: 64,
      inputSize: 112,
      layout: 'NCHW',
      channels: 'RGB',
      mean: 127.5,
      scale: 127.5,
      classes: 2,
      trainedOn: { faces: ['sha256:real'], images: 8 },
      recipe: {
        ...{ epochs: 2, terms: [{ loss: 'elastic-arcface', weight: 1, scale: 64, margin: { mean: 0.5, std: 0.05 } }] },
        optimiser: { optimiser: 'sgd', learningRate: 4 * (0.1 / 512), clip: 5 },
      },
      engine: 'wasm',
    });
    const progress = events.filter(event => event.type === 'progress');
    expect(progress.map(({ done, total }) => [done, total])).toEqual([4, 8, 12, 16].map(done => [done, 16]));
    expect([...(await drawPictures(trainTeacher, folder)).keys()]).toEqual(['loss.svg']);
  });

  test('distill-student learns from several sets, whatever the order of their embeddings', async () => {
    const { folder, model } = await run(
      distillStudent,
      { epochs: 2, batch: 8, embeddingSize: 64, terms: [...IDENTITY, { loss: 'embedding-mse', weight: 100 }] },
      { faces, embeddings: [...embeddings].reverse() },
    );
    expect(model).toMatchObject({
      architecture: 'tiny',
      classes: 4,
      trainedOn: { faces: ['sha256:real', 'sha256:synthetic'], images: 16 },
      recipe: { terms: [{ loss: 'elastic-arcface' }, { loss: 'embedding-mse', weight: 100, reduction: 'mean' }] },
    });
    const steps = (await readFile(join(folder, 'training.csv'), 'utf8')).trim().split('\n').slice(1);
    expect(steps).toHaveLength(4);
    for (const line of steps) expect(Number(line.split(',')[5])).toBeGreaterThan(0);
  });

  test('distill-student with weight 0 leaves the embeddings alone, and learns as without them', async () => {
    const plain = {
      epochs: 1,
      batch: 8,
      embeddingSize: 64,
      terms: [...IDENTITY, { loss: 'embedding-mse', weight: 0 }],
    };
    const read = ({ folder }: { folder: string }) => readFile(join(folder, 'model', 'model.onnx'));
    const without = await read(await run(distillStudent, plain, { faces }));
    const withThem = await run(distillStudent, plain, { faces, embeddings });
    expect(without.equals(await read(withThem))).toBe(true);
    const text =
      'The embeddings of "embed-real", "embed-synthetic" are not used: no term with a weight above 0 learns from a teacher';
    expect(withThem.events).toContainEqual({ type: 'log', level: 'warn', text });
  });

  test('distill-student refuses a face set that no embeddings belong to, and names the stages', async () => {
    const failure = run(distillStudent, { embeddingSize: 64, batch: 4 }, { faces, embeddings: embeddings.slice(0, 1) });
    await expect(failure).rejects.toThrow(/"align-synthetic" were not embedded by "embed-real"/);
    await expect(failure).rejects.toMatchObject({ code: 'embeddings-mismatch' });
  });

  test('distill-student refuses embeddings of another width than the student has', async () => {
    const failure = run(distillStudent, { batch: 4 }, { faces, embeddings });
    await expect(failure).rejects.toThrow(/"embed-real" has embeddings of 64 values and the student's have 512/);
  });

  test('train-teacher refuses faces of another size than the backbone takes', async () => {
    const small = {
      stage: 'align-small',
      folder: await writeFaceSet(testFaces('A', 2, 4, 16, 5), 16),
      digest: 'sha256:s',
    };
    const failure = run(trainTeacher, {}, { faces: [small] });
    await expect(failure).rejects.toMatchObject({ code: 'wrong-face-size' });
    await expect(failure).rejects.toThrow(/"align-small" have 16 x 16 pixels/);
  });
});
