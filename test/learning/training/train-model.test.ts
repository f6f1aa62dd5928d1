import promises, { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createEmbeddingSet } from '../../../src/data/embedding-set';
import { startEngine } from '../../../src/learning/engines/start-engine';
import { PRECISIONS } from '../../../src/learning/engines/engine';
import { openFaceSet } from '../../../src/data/face-set';
import { seededRandom } from '../../../src/kit/math/random';
import { readSafetensors } from '../../../src/models/safetensors';
import { countParameters, parametersOf, type Backbone } from '../../../src/learning/networks';
import type { Json, StageEvent, StageInput } from '../../../src/stage';
import { readBatches } from '../../../src/learning/training/batches';
import { readSamples } from '../../../src/learning/training/samples';
import { openTeacherVectors } from '../../../src/learning/training/teacher-vectors';
import { trainModel } from '../../../src/learning/training/train-model';
import type { TrainingJob } from '../../../src/learning/training/training-job';
import { testFaces, writeFaceSet } from '../../helpers/face-set';
import { noEarlier } from '../../helpers/no-earlier';
import { BASE_RECIPE, changed, type RecipeChanges } from '../../helpers/recipes';
import { ONEDNN_PRECISIONS, TEST_ENGINES } from '../../helpers/usable-engines';

const SIZE = 16;
const DIM = 8;
const BACKBONE: Backbone = {
  name: 'toy',
  inputSize: SIZE,
  embeddingSize: DIM,
  layers: [
    { op: 'conv', name: 'a', filters: 8, kernel: 4, stride: 4, pad: 0 },
    { op: 'batch-norm', name: 'a/bn' },
    { op: 'prelu', name: 'a/prelu' },
    { op: 'flatten', name: 'f' },
    { op: 'dense', name: 'd', units: DIM, bias: false },
    { op: 'batch-norm', name: 'd/bn' },
  ],
};
const RECIPE = changed(BASE_RECIPE, {
  epochs: 6,
  batch: 8,
  identity: { scale: 16 },
  distance: { weight: 0 },
  sgd: { learningRate: 0.05 },
  steps: { milestones: [4] },
  flip: true,
});
/** Engines that are here, in every precision that they know. */
const ON: readonly Pick<TrainingJob, 'engine' | 'precision'>[] = TEST_ENGINES.filter(name => name !== 'cpu').flatMap(
  engine =>
    (engine === 'onednn' ? ONEDNN_PRECISIONS : PRECISIONS.slice(0, 1)).map(precision => ({ engine, precision })),
);
const FACES = testFaces('AB', 4, 5, SIZE, 20);

/** Teacher vectors that tell row and view: (row + 1) in the first place, 1 in the second for a mirrored view; not normalised. */
async function embeddings(facesDigest: string, dim = DIM): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-embeddings-'));
  const preprocessing = { size: SIZE, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 } as const;
  const writer = await createEmbeddingSet(folder, { dim, facesDigest, teacherSha256: 'x', preprocessing });
  for (const [row, { identity, group }] of FACES.entries()) {
    const random = seededRandom(1, identity);
    const vector = (mirrored: number): Float32Array =>
      Float32Array.from({ length: dim }, (_, i) => (i === 0 ? row + 1 : i === 1 ? mirrored : random.normal()));
    const views = { embedding: vector(0), embeddingFlipped: vector(1), norm: 1, normFlipped: 1 };
    await writer.add({ row, key: String(row), identity, group, ...views });
  }
  await writer.close();
  return folder;
}

describe('training', () => {
  let faces: StageInput;
  let teacher: StageInput;
  beforeAll(async () => {
    faces = { stage: 'align', folder: await writeFaceSet(FACES, SIZE), digest: 'sha256:faces' };
    teacher = { stage: 'embed', folder: await embeddings('sha256:faces'), digest: 'sha256:embeddings' };
  });

  async function run(
    recipe: RecipeChanges = {},
    given: readonly StageInput[] = [],
    signal = new AbortController().signal,
    into?: string,
    on: Pick<TrainingJob, 'engine' | 'precision'> = { engine: 'wasm' },
  ) {
    const folder = into ?? (await mkdtemp(join(tmpdir(), 'fairdistill-train-')));
    const modelFolder = join(folder, 'model');
    await mkdir(modelFolder);
    const events: StageEvent[] = [];
    const job = {
      backbone: BACKBONE,
      recipe: changed(RECIPE, recipe),
      faces: [faces],
      embeddings: given,
      ...on,
    } as const;
    const { checkpoints } = noEarlier(folder);
    await trainModel({ ...job, folder, modelFolder, checkpoints, signal }, event => events.push(event));
    const metrics = Object.assign({}, ...events.map(e => (e.type === 'metrics' ? e.values : {}))) as Record<
      string,
      Json
    >;
    const steps = (await readFile(join(folder, 'training.csv'), 'utf8')).trim().split('\n').slice(1);
    return { folder, modelFolder, metrics, losses: steps.map(line => Number(line.split(',')[3])), events };
  }

  test.each(ON)(
    'trainModel() on $engine $precision lowers the loss, leaves a model that onnxruntime agrees with, and no temporary file',
    async on => {
      const { folder, modelFolder, metrics, losses } = await run({}, [], undefined, undefined, on);
      const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
      expect(losses).toHaveLength(6 * 5);
      expect(mean(losses.slice(-5))).toBeLessThan(0.7 * mean(losses.slice(0, 5)));
      expect(metrics).toMatchObject({ classes: 8, images: 40, architecture: 'toy' });
      expect(metrics['onnxDifference']).toBeLessThan(1e-4);
      expect((await readdir(folder)).sort()).toEqual(['model', 'training.csv']);
      const { weights } = await readSafetensors(join(modelFolder, 'weights.safetensors'));
      expect(weights.get('d/kernel')!.shape).toEqual([128, DIM]);
    },
  );

  test('trainModel() says in log, headline, metrics and model that a recipe is odd and that nothing was learnt', async () => {
    const { events, metrics, modelFolder } = await run({
      sgd: { learningRate: 1e-9, weightDecay: 1 },
      steps: { milestones: [9] },
    });
    const doubts = [
      expect.stringContaining('the recipe has weightDecay 1, beyond any published recipe'),
      expect.stringContaining('the recipe has milestones 9 that are never reached'),
      expect.stringContaining('the term elastic-arcface has taught nothing'),
    ];
    expect(metrics['doubts']).toEqual(doubts);
    expect(metrics['clipped']).toBeLessThanOrEqual(1);
    const described = JSON.parse(await readFile(join(modelFolder, 'model.json'), 'utf8')) as { doubts: string[] };
    expect(described.doubts).toEqual(doubts);
    const warned = events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
    expect(warned).toHaveLength(3);
    const headline = events.find(event => event.type === 'headline');
    for (const text of described.doubts) expect(headline?.text).toContain(text);
  });

  test('trainModel() keeps in the model what was doubtful about the faces that it learnt from', async () => {
    const file = join(faces.folder, 'face-set.json');
    const before = await readFile(file, 'utf8');
    const info = JSON.parse(before) as object;
    await writeFile(file, JSON.stringify({ ...info, doubts: { B: ['photographs: they show less detail'] } }));
    const { modelFolder, metrics, events } = await run().finally(() => writeFile(file, before));
    const doubts = ['faces of stage "align", group B: photographs: they show less detail'];
    expect(metrics['doubts']).toEqual(doubts);
    expect(JSON.parse(await readFile(join(modelFolder, 'model.json'), 'utf8'))).toMatchObject({ doubts });
    expect(events).toContainEqual({ type: 'headline', text: expect.stringContaining(doubts[0]!) as unknown });
  });

  test('trainModel() doubts nothing of a training that learns, and says whose vectors it learnt from', async () => {
    const { events, metrics, modelFolder } = await run({ distance: { weight: 30 } }, [teacher]);
    expect(events.filter(({ type }) => type === 'headline')).toEqual([]);
    expect(metrics).not.toHaveProperty('doubts');
    const described = JSON.parse(await readFile(join(modelFolder, 'model.json'), 'utf8')) as unknown;
    expect(described).not.toHaveProperty('doubts');
    expect(described).toMatchObject({ trainedOn: { teacher: 'x', taughtBy: ['embedding-mse'] } });
  });

  test.each(ON)(
    'trainModel() on $engine $precision gives the same bytes for the same seed, other weights for another',
    async on => {
      const model = async (seed: number): Promise<Buffer> => {
        const { modelFolder } = await run({ epochs: 2, seed }, [], undefined, undefined, on);
        return readFile(join(modelFolder, 'model.onnx'));
      };
      const [first, again, other] = [await model(1), await model(1), await model(2)];
      expect(first.equals(again)).toBe(true);
      expect(first.equals(other)).toBe(false);
    },
  );

  test('trainModel() lowers the distance to the teacher when it distils', async () => {
    const { folder } = await run({ distance: { weight: 100 }, epochs: 8 }, [teacher]);
    const distances = (await readFile(join(folder, 'training.csv'), 'utf8'))
      .trim()
      .split('\n')
      .slice(1)
      .map(line => Number(line.split(',')[5]));
    expect(distances.at(-1)).toBeLessThan(0.5 * distances[0]!);
    expect(await readdir(folder)).not.toContain('teacher-vectors.tmp');
  });

  test('trainModel() refuses before it trains what does certainly not fit on the disk: weights, but no copy of what a teacher says', async () => {
    const weights = 4 * countParameters(BACKBONE);
    const statfs = jest.spyOn(promises, 'statfs');
    const free = (bavail: number): void => void statfs.mockResolvedValue({ bavail, blocks: 1e9, bsize: 1 } as never);
    try {
      free(weights - 1);
      await expect(run({ epochs: 1 })).rejects.toMatchObject({
        code: 'too-little-disk',
        message: expect.stringContaining('Cannot train: its weights take'),
      });
      free(weights);
      await run({ distance: { weight: 100 }, epochs: 1 }, [teacher]);
    } finally {
      statfs.mockRestore();
    }
  });

  test('trainModel() leaves no tensor behind', async () => {
    const tf = await startEngine('wasm');
    await run({ epochs: 1 });
    const before = tf.memory().numTensors;
    await run({ epochs: 3 });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('trainModel() stops at a loss that is no number, and names step, rate and faces', async () => {
    const failure = run({ sgd: { learningRate: 1e30 }, epochs: 3, steps: { milestones: [] } });
    await expect(failure).rejects.toMatchObject({ code: 'loss-not-finite' });
    await expect(failure).rejects.toThrow(/step \d+ of epoch \d.*learning rate 1e\+30.*align: test\/data\/[AB]\//);
  });

  test('trainModel() leaves the weights before that step as safetensors, the backbone whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-failed-'));
    const failure = run(
      { sgd: { learningRate: 1e6, weightDecay: 10 }, epochs: 3, steps: { milestones: [] } },
      [],
      undefined,
      folder,
    );
    await expect(failure).rejects.toThrow('the weights before that step are in last-finite.safetensors');
    const { weights, metadata } = await readSafetensors(join(folder, 'on-failure', 'last-finite.safetensors'));
    expect(metadata).toMatchObject({ architecture: 'toy' });
    expect(Number(metadata['beforeStep'])).toBeGreaterThan(1);
    expect([...weights.keys()].sort()).toEqual(
      parametersOf(BACKBONE)
        .map(({ name }) => name)
        .sort(),
    );
    for (const { values } of weights.values()) expect(values.every(Number.isFinite)).toBe(true);
  });

  test('trainModel() ends when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort(new Error('cancelled by the test'));
    await expect(run({}, [], controller.signal)).rejects.toThrow('cancelled by the test');
  });

  test.each<[string, RecipeChanges, () => Promise<readonly StageInput[]>, string]>([
    [
      'two weights of 0',
      { identity: { weight: 0 }, distance: { weight: 0 } },
      () => Promise.resolve([teacher]),
      'nothing-to-learn',
    ],
    ['a weight without embeddings', {}, () => Promise.resolve([]), 'no-embeddings'],
    [
      'embeddings of other faces',
      {},
      async () => [{ ...teacher, folder: await embeddings('sha256:other') }],
      'embeddings-mismatch',
    ],
    [
      'embeddings of another width',
      {},
      async () => [{ ...teacher, folder: await embeddings('sha256:faces', 4) }],
      'embeddings-mismatch',
    ],
    ['a batch larger than the set', { batch: 64 }, () => Promise.resolve([teacher]), 'batch-too-large'],
  ])('trainModel() refuses %s', async (_, recipe, given, code) => {
    await expect(run({ distance: { weight: 1 }, ...recipe }, await given())).rejects.toMatchObject({ code });
  });

  test('readBatches() mirrors the pixels of a face exactly when it takes the teacher vector of its mirror image', async () => {
    const set = await openFaceSet(faces.folder);
    const sources = [{ input: faces, faces: set }];
    const samples = await readSamples(sources);
    const vectors = await openTeacherVectors(sources, [teacher], DIM);
    let mirrored = 0;
    let seen = 0;
    for await (const batch of readBatches({ sources, samples, teacher: vectors }, RECIPE, 0)) {
      for (let i = 0; i < batch.count; i++) {
        const row = samples.rows[batch.samples[i]!]!;
        const vector = batch.teacher!.subarray(i * DIM, (i + 1) * DIM);
        expect(vector[0]).toBe(row + 1);
        expect(vector[1]).toBe(batch.mirrored[i]);
        expect(samples.classes[batch.labels[i]!]).toBe(`real/${FACES[row]!.group}/${FACES[row]!.identity}`);
        const at = (x: number, y: number): number => (FACES[row]!.pixels[(y * SIZE + x) * 3]! - 127.5) / 127.5;
        const found = batch.pixels[(i * SIZE * SIZE + 5 * SIZE + 2) * 3];
        expect(found).toBeCloseTo(at(batch.mirrored[i] === 1 ? SIZE - 1 - 2 : 2, 5), 6);
        mirrored += batch.mirrored[i]!;
        seen++;
      }
    }
    expect(seen).toBe(40);
    expect(mirrored).toBeGreaterThan(5);
    expect(mirrored).toBeLessThan(35);
    await vectors.close();
    await set.close();
  });
});
