import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { damageOfSealed, SEALED_CHECKPOINT } from '../../../src/workflow/store/actions/checkpoint-files';
import {
  attempt,
  CHECKPOINT,
  copyOf,
  newFolder,
  textsOf,
  writeToyData,
  type Attempt,
  type ToyData,
} from '../../helpers/resumable-training';

let data: ToyData;
beforeAll(async () => {
  data = await writeToyData();
});

describe('the checkpoint of a training', () => {
  const on = { engine: 'wasm' } as const;
  let checkpoints: string;
  let bytes: Buffer;
  let digests: Readonly<Record<string, string>>;
  beforeAll(async () => {
    checkpoints = await newFolder();
    digests = (await attempt(data, { ...on, checkpoints, isDue: asked => asked === 7 })).digests;
    bytes = await readFile(join(checkpoints, CHECKPOINT));
  });

  test('is known to `verify` by its name, and whole', async () => {
    expect(CHECKPOINT).toMatch(SEALED_CHECKPOINT);
    expect(await damageOfSealed(join(checkpoints, CHECKPOINT))).toBeUndefined();
  });

  const flipped = (at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    return copy;
  };

  test.each<[string, () => Buffer]>([
    ['is empty', () => Buffer.alloc(0)],
    ['is cut short', () => bytes.subarray(0, bytes.length - 1)],
    ['has one wrong bit in its head', () => flipped(20)],
    ['has one wrong bit in a tensor', () => flipped(bytes.length - 100)],
    ['has one wrong bit in its digest', () => flipped(bytes.length - 1)],
    ['claims a head of more bytes than a file can have', () => Buffer.concat([Buffer.alloc(8, 255), bytes])],
  ])('that %s is reported and removed, and the training starts again', async (_, content) => {
    const folder = await newFolder();
    await writeFile(join(folder, CHECKPOINT), content());
    const { events, digests: found } = await attempt(data, { ...on, checkpoints: folder });
    expect(textsOf(events, 'resumed')).toEqual([]);
    expect(textsOf(events, 'log')).toEqual([expect.stringContaining('The training starts again')]);
    expect(await readdir(folder)).toEqual([]);
    expect(found).toEqual(digests);
  });

  test.each<[string, Attempt['recipe'], Pick<Attempt, 'engine' | 'replicas'>]>([
    ['another seed', { seed: 2 }, on],
    ['another batch size', { batch: 4 }, on],
    ['another engine', {}, { engine: 'cpu' }],
    ['another number of replicas', {}, { engine: 'wasm', replicas: 2 }],
  ])('of %s is not used', async (_, recipe, engine) => {
    const folder = await copyOf(checkpoints);
    const how = { ...engine, ...(recipe && { recipe }) };
    const { events, digests: found } = await attempt(data, { ...how, checkpoints: folder });
    expect(textsOf(events, 'log')).toEqual([expect.stringContaining('it is of another training')]);
    expect(found).toEqual((await attempt(data, { ...how, checkpoints: await newFolder() })).digests);
  });

  test('that was not finished is not looked at, nor in the way', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, `${CHECKPOINT}.aside`), bytes.subarray(0, 1000));
    const { events, digests: found } = await attempt(data, { ...on, checkpoints: folder, isDue: asked => asked === 3 });
    expect(textsOf(events, 'resumed')).toEqual([]);
    expect(found).toEqual(digests);
    expect(await readdir(folder)).toEqual([CHECKPOINT]);
  });

  test('is removed when the loss is no number: the next attempt would come to the same step', async () => {
    const folder = await newFolder();
    const recipe = { sgd: { learningRate: 1e6, weightDecay: 10 }, steps: { milestones: [] } };
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
    const [at] = textsOf(events, 'resumed');
    expect(Number(/^step (\d+) of 15$/.exec(at!)![1])).toBeGreaterThanOrEqual(end);
    expect(found).toEqual((await attempt(data, { ...how, checkpoints: await newFolder() })).digests);
  });
});

/** Runs an attempt in a process that is killed when it has told of a step; returns the last step that it told of. */
async function killAt(how: Attempt, end: number): Promise<number> {
  const helpers = join(__dirname, '..', '..', 'helpers');
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
