import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PRECISIONS } from '../../src/engines/engine';
import type { StageEvent } from '../../src/stage';
import { attempt, newFolder, STEPS, writeToyData, type Attempt, type ToyData } from '../helpers/resumable-training';
import { TEST_ENGINES } from '../helpers/usable-engines';

type On = Pick<Attempt, 'engine' | 'precision' | 'replicas'>;

/** Engines that are here, in every precision and with all the replicas that they know. */
const ON: readonly On[] = TEST_ENGINES.flatMap((engine): On[] =>
  engine === 'onednn' ? PRECISIONS.map(precision => ({ engine, precision })) : [{ engine }, { engine, replicas: 2 }],
);
const FILE = 'training.checkpoint';

/** In the first epoch, at its end, at the start of the next, in the midst of one, and when only the export is left. */
const STOPS = [1, 5, 6, 8, STEPS];

let data: ToyData;
beforeAll(async () => {
  data = await writeToyData();
});

class Killed extends Error {}

/** An attempt with a checkpoint after step `saved`, which dies without another word after step `end`. */
async function killedAttempt(how: Attempt, saved: number, end: number): Promise<void> {
  const died = attempt(data, {
    ...how,
    isDue: asked => asked === saved,
    onEvent: event => {
      if (event.type === 'scalars' && event.step === end) throw new Killed();
    },
  });
  await expect(died).rejects.toBeInstanceOf(Killed);
}

const metricsOf = (events: readonly StageEvent[]): unknown => events.filter(event => event.type === 'metrics');
const texts = (events: readonly StageEvent[], type: 'resumed' | 'log'): string[] =>
  events.flatMap(event => (event.type === type ? ['at' in event ? event.at : (event as { text: string }).text] : []));

const named = (on: On): string =>
  [on.engine, on.precision, on.replicas && `${on.replicas} replicas`].filter(Boolean).join(' ');

describe.each(ON.map(on => [named(on), on] as const))('a training on %s', (_, on) => {
  let whole: Awaited<ReturnType<typeof attempt>>;
  beforeAll(async () => {
    whole = await attempt(data, { ...on, checkpoints: await newFolder() });
  });

  test.each(STOPS)('that is killed after the checkpoint of step %i ends with the same bytes', async saved => {
    const how = { ...on, checkpoints: await newFolder() };
    await killedAttempt(how, saved, Math.min(saved + 2, STEPS));
    const again = await attempt(data, how);
    expect(texts(again.events, 'resumed')).toEqual([`step ${saved} of ${STEPS}`]);
    expect(again.digests).toEqual(whole.digests);
    expect(metricsOf(again.events)).toEqual(metricsOf(whole.events));
    expect(Object.keys(whole.digests).sort()).toEqual([
      'loss.svg',
      'model/model.json',
      'model/model.onnx',
      'model/weights.safetensors',
      'training.csv',
    ]);
  });

  test('that is cancelled twice ends with the same bytes', async () => {
    const how = { ...on, checkpoints: await newFolder() };
    for (const [end, kept] of [
      [3, 4],
      [9, 10],
    ] as const) {
      const controller = new AbortController();
      const onEvent = (event: StageEvent): void => {
        if (event.type === 'scalars' && event.step === end) controller.abort(new Error('cancelled by the test'));
      };
      const cancelled = attempt(data, { ...how, signal: controller.signal, onEvent });
      await expect(cancelled).rejects.toThrow('cancelled by the test');
      expect(await readdir(how.checkpoints)).toEqual([FILE]);
      const again = await attempt(data, { ...how, checkpoints: await copyOf(how.checkpoints) });
      expect(texts(again.events, 'resumed')).toEqual([`step ${kept} of ${STEPS}`]);
      expect(again.digests).toEqual(whole.digests);
    }
  });
});

async function copyOf(folder: string): Promise<string> {
  const copy = await newFolder();
  await writeFile(join(copy, FILE), await readFile(join(folder, FILE)));
  return copy;
}

describe('the checkpoint of a training', () => {
  const on = { engine: 'cpu' } as const;
  let checkpoints: string;
  let octets: Buffer;
  let digests: Readonly<Record<string, string>>;
  beforeAll(async () => {
    checkpoints = await newFolder();
    digests = (await attempt(data, { ...on, checkpoints, isDue: asked => asked === 7 })).digests;
    octets = await readFile(join(checkpoints, FILE));
  });

  const flipped = (at: number): Buffer => {
    const copy = Buffer.from(octets);
    copy[at]! ^= 1;
    return copy;
  };

  test.each<[string, () => Buffer]>([
    ['is empty', () => Buffer.alloc(0)],
    ['is cut short', () => octets.subarray(0, octets.length - 1)],
    ['has one wrong bit in its head', () => flipped(20)],
    ['has one wrong bit in a tensor', () => flipped(octets.length - 100)],
    ['has one wrong bit in its digest', () => flipped(octets.length - 1)],
    ['claims a head of more octets than a file can have', () => Buffer.concat([Buffer.alloc(8, 255), octets])],
  ])('that %s is told of and removed, and the training starts again', async (_, content) => {
    const folder = await newFolder();
    await writeFile(join(folder, FILE), content());
    const { events, digests: found } = await attempt(data, { ...on, checkpoints: folder });
    expect(texts(events, 'resumed')).toEqual([]);
    expect(texts(events, 'log')).toEqual([expect.stringContaining('The training starts again')]);
    expect(await readdir(folder)).toEqual([]);
    expect(found).toEqual(digests);
  });

  test.each<[string, Attempt['recipe'], On]>([
    ['another seed', { seed: 2 }, on],
    ['another batch size', { batch: 4 }, on],
    ['another engine', {}, { engine: 'wasm' }],
    ['another number of replicas', {}, { engine: 'cpu', replicas: 2 }],
  ])('of %s is not used', async (_, recipe, engine) => {
    const folder = await copyOf(checkpoints);
    const how = { ...engine, ...(recipe && { recipe }) };
    const { events, digests: found } = await attempt(data, { ...how, checkpoints: folder });
    expect(texts(events, 'log')).toEqual([expect.stringContaining('it is of another training')]);
    expect(found).toEqual((await attempt(data, { ...how, checkpoints: await newFolder() })).digests);
  });

  test('that was not finished is not looked at, nor in the way', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, `${FILE}.aside`), octets.subarray(0, 1000));
    const { events, digests: found } = await attempt(data, { ...on, checkpoints: folder, isDue: asked => asked === 3 });
    expect(texts(events, 'resumed')).toEqual([]);
    expect(found).toEqual(digests);
    expect(await readdir(folder)).toEqual([FILE]);
  });

  test('is removed when the loss is no number: the next attempt would come to the same step', async () => {
    const folder = await newFolder();
    const recipe = { learningRate: 1e6, weightDecay: 10, milestones: [] };
    const failing = attempt(data, { ...on, recipe, checkpoints: folder, isDue: () => true });
    await expect(failing).rejects.toMatchObject({ code: 'loss-not-finite' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not change what is made, however often it is written', async () => {
    const found = await attempt(data, { ...on, checkpoints: await newFolder(), isDue: () => true });
    expect(found.digests).toEqual(digests);
  });

  test.each([1, 4, 11])('outlives a SIGKILL after step %i', async end => {
    const how = { engine: 'wasm', checkpoints: await newFolder() } as const;
    const steps = await killAt(how, end);
    expect(steps).toBeGreaterThanOrEqual(end);
    const { events, digests: found } = await attempt(data, how);
    // The step that was told last has its checkpoint, and perhaps the next one.
    const [at] = texts(events, 'resumed');
    expect(Number(/^step (\d+) of 15$/.exec(at!)![1])).toBeGreaterThanOrEqual(end);
    expect(found).toEqual((await attempt(data, { ...how, checkpoints: await newFolder() })).digests);
  });
});

/** Runs an attempt in a process that is killed when it has told of a step; returns the last step that it told of. */
async function killAt(how: Attempt, end: number): Promise<number> {
  const helpers = join(__dirname, '..', 'helpers');
  const child = spawn(
    process.execPath,
    ['-r', join(helpers, 'register-typescript.js'), join(helpers, 'training-child.ts'), JSON.stringify([data, how])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise(resolve => child.once('exit', (_, signal) => resolve(signal)));
  let last = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (last === end) child.kill('SIGKILL');
  }
  expect(await ended).toBe('SIGKILL');
  return last;
}
