import { mkdir, mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { trainTeacher } from '../../stages/train-teacher';
import type { LearningRate } from '../../src/learning/optimisers/learning-rate';
import { startEngine } from '../../src/learning/engines/start-engine';
import { exportOnnx } from '../../src/learning/exporters/export-onnx';
import { readSafetensors } from '../../src/models/safetensors';
import { studentNow } from '../helpers/families';
import type { ContextOf, StageEvent } from '../../src/stage';
import { testFaces, writeFaceSet } from '../helpers/face-set';
import { noEarlier } from '../helpers/no-earlier';
import { openFilesUnder } from '../helpers/open-files';
import { BASE_RECIPE, changed } from '../helpers/recipes';
import { startStage, type TestContext } from '../helpers/start-stage';

type Options = ContextOf<typeof trainTeacher>['options'];

const OPTIONS: Options = {
  ...changed(BASE_RECIPE, {
    ...{ epochs: 6, batch: 8, identity: { scale: 16 }, distance: null },
    ...{ sgd: { learningRate: 0.05 }, flip: true },
  }),
  backbone: 'tiny',
  embeddingSize: 32,
  precision: 'f32',
  initialisation: 'published',
  replicas: 1,
  allowDuplicates: 0,
};
const FILES = ['model/model.json', 'model/model.onnx', 'model/weights.safetensors', 'training.csv'];

describe('train-teacher', () => {
  let faces: string;
  beforeAll(async () => {
    faces = await writeFaceSet(testFaces('AB', 2, 4, 112, 20), 112);
  });

  async function contextOf(options: Partial<Options>, signal: AbortSignal): Promise<TestContext<Options>> {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-train-teacher-'));
    await mkdir(join(folder, 'model'));
    return {
      options: { ...OPTIONS, ...options },
      inputs: { faces: [{ stage: 'align', folder: faces, digest: 'sha256:faces' }], selection: [] },
      folder,
      output: port => join(folder, port),
      cores: 1,
      engine: 'wasm',
      ...noEarlier(folder),
      signal,
    };
  }

  async function run(options: Partial<Options> = {}): Promise<{ folder: string; events: StageEvent[] }> {
    const context = await contextOf(options, new AbortController().signal);
    return { folder: context.folder, events: await lastValueFrom(startStage(trainTeacher, context).pipe(toArray())) };
  }

  test('learns to tell the identities of its faces apart, and says what the export was worth', async () => {
    const { folder, events } = await run();
    const lines = (await readFile(join(folder, 'training.csv'), 'utf8')).trim().split('\n').slice(1);
    const losses = lines.map(line => Number(line.split(',')[3]));
    expect(losses).toHaveLength(12);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
    const metrics = Object.assign({}, ...events.map(e => (e.type === 'metrics' ? e.values : {}))) as object;
    expect(metrics).toMatchObject({ images: 16, classes: 4, steps: 12, epochs: 6, accuracy: 1 });
    expect((metrics as { onnxDifference: number }).onnxDifference).toBeLessThan(1e-4);
  });

  test('weights.safetensors holds the weights of model.onnx', async () => {
    const { folder } = await run({ epochs: 1 });
    const { weights, metadata } = await readSafetensors(join(folder, 'model', 'weights.safetensors'));
    expect(metadata).toEqual({ architecture: 'tiny' });
    const onnx = await readFile(join(folder, 'model', 'model.onnx'));
    expect(onnx.equals(exportOnnx(studentNow('tiny', 32), weights))).toBe(true);
  });

  test('writes the same bytes for the same seed, and other weights for another', async () => {
    const read = async (seed: number): Promise<Buffer[]> => {
      const { folder } = await run({ epochs: 2, seed });
      return Promise.all(FILES.map(file => readFile(join(folder, file))));
    };
    const [first, again, other] = [await read(3), await read(3), await read(4)];
    for (const [i, file] of FILES.entries()) {
      expect([file, first[i]!.equals(again[i]!)]).toEqual([file, true]);
      expect([file, first[i]!.equals(other[i]!)]).toEqual([file, false]);
    }
  });

  test('model.json, training.csv and what the student starts from say what was used: rate, precision, first weights', async () => {
    const read = async (options: Partial<Options>): Promise<{ model: object; rates: string[]; first: string }> => {
      const { folder } = await run({
        epochs: 2,
        schedule: { schedule: 'steps', milestones: [1], gamma: 0.1 },
        ...options,
      });
      const model = JSON.parse(await readFile(join(folder, 'model', 'model.json'), 'utf8')) as object;
      const rows = (await readFile(join(folder, 'training.csv'), 'utf8')).trim().split('\n').slice(1);
      return { model, rates: rows.map(row => row.split(',')[2]!), first: rows[0]! };
    };
    const at = (learningRate: LearningRate) => ({ optimiser: { ...OPTIONS.optimiser, learningRate } });
    const byImage = await read(at({ perImage: 0.00625 }));
    expect(byImage.rates).toEqual(['0.05', '0.05', '0.005', '0.005']);
    expect(byImage.model).toMatchObject({
      recipe: { optimiser: { learningRate: 0.05 }, batch: 8 },
      engine: 'wasm',
      precision: 'f32',
      initialisation: { convolutions: 'he-fan-out', dense: 'he-fan-out' },
      channels: 'RGB',
      mean: 127.5,
      scale: 127.5,
    });
    // One core, or another number of them would be another model.
    expect(byImage.model).not.toHaveProperty('threads');
    expect((await read(at(0.05))).first).toBe(byImage.first);
    const other = await read({ initialisation: 'he-fan-out-per-group', ...at(0.025) });
    expect(other.rates).toEqual(['0.025', '0.025', '0.0025', '0.0025']);
    expect(other.model).toMatchObject({ initialisation: { convolutions: 'he-fan-out-per-group' } });
  });

  test('does nothing before somebody subscribes', async () => {
    const context = await contextOf({ epochs: 1 }, new AbortController().signal);
    const events = startStage(trainTeacher, context);
    expect(await readdir(context.folder)).toEqual(['model']);
    await lastValueFrom(events);
    expect(await readdir(context.folder)).toContain('training.csv');
  });

  test('ends in the step after it is cancelled, without a model, and gives tensors and files back', async () => {
    const tf = await startEngine('wasm');
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    // Enough epochs that only the cancellation can end it within the time of a test.
    const context = await contextOf({ epochs: 100_000 }, controller.signal);
    let steps = 0;
    const cancelled = startStage(trainTeacher, context).pipe(
      tap(event => {
        if (event.type === 'progress' && ++steps === 2) controller.abort(new Error('Cancelled by the test'));
      }),
    );
    await expect(lastValueFrom(cancelled)).rejects.toThrow('Cancelled by the test');
    expect(steps).toBe(2);
    expect(await readdir(join(context.folder, 'model'))).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
    expect(await openFilesUnder(context.folder)).toEqual([]);
    expect(await openFilesUnder(faces)).toEqual([]);
  });
});
