import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createEmbeddingSet, openEmbeddings, type EmbeddingRow, type EmbeddingSet } from '../../src/data/embedding-set';
import { permutation, seededRandom } from '../../src/kit/math/random';
import type { StageEvent } from '../../src/stage';
import { SEALED_CHECKPOINT } from '../../src/workflow/store/actions/checkpoint-files';
import { embedFaces } from '../../stages/embed-faces';
import { digestsIn } from '../helpers/digests';
import { testFaces, writeFaceSet, type TestFace } from '../helpers/face-set';
import { runStage, type RunOptions, type StageRun } from '../helpers/run-stage';
import { projectionFile, tinyRecogniser } from '../helpers/tiny-onnx';
import { embeddingRows } from '../helpers/embedding-rows';

const SIZE = 4;
const DIM = 6;
/** Faces that are computed at once: two runs of 16. */
const BATCH = 32;
/** Faces enough for two parts and a rest. */
const FACES = testFaces('AB', 25, 100, SIZE, 30);
const FEW = FACES.slice(0, 60);
const TABLE = join('embeddings', 'embeddings.parquet');

let model: string;
beforeAll(async () => {
  model = join(await newFolder(), 'model.onnx');
  await writeFile(model, tinyRecogniser({ size: SIZE, dim: DIM }));
});

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'fairdistill-rows-'));
const embed = async (faces: readonly TestFace[], options: RunOptions = {}): Promise<StageRun> =>
  embedSet(await setOf(faces), options);
const embedSet = async (faces: string, options: RunOptions = {}): Promise<StageRun> =>
  runStage(embedFaces, { model, batch: 16 }, { faces }, { checkpoints: { folder: await newFolder() }, ...options });
/** Face sets and undisturbed runs of the same faces are made once. */
const setOf = memo((faces: readonly TestFace[]) => writeFaceSet(faces, SIZE));
const plainRunOf = memo((faces: readonly TestFace[]) => embed(faces));
const rowsOf = ({ events }: StageRun): StageEvent | undefined => events.find(event => event.type === 'rows');
const warningsOf = ({ events }: StageRun): string[] =>
  events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
const resumedOf = ({ events }: StageRun): string[] =>
  events.flatMap(event => (event.type === 'resumed' ? [event.at] : []));

/** Files and metrics are those of a run that computes everything. */
async function expectSame(run: StageRun, faces: readonly TestFace[]): Promise<void> {
  const plain = await plainRunOf(faces);
  expect(rowsOf(plain)).toEqual({ type: 'rows', reused: 0, total: faces.length });
  expect(await digestsIn(run.folder)).toEqual(await digestsIn(plain.folder));
  expect(run.metrics).toEqual(plain.metrics);
}

async function changeTable(run: StageRun, change: (bytes: Buffer) => Buffer): Promise<void> {
  const path = join(run.folder, TABLE);
  await writeFile(path, change(await readFile(path)));
}

describe('embed-faces with a teacher whose weights are in a file beside it', () => {
  const values = 3 * SIZE * SIZE;
  let beside: string;
  const run = async (faces: readonly TestFace[], factor: number, options: RunOptions = {}): Promise<StageRun> => {
    await writeFile(join(beside, 'weights.data'), projectionFile(values, DIM, factor));
    const set = await writeFaceSet(faces, SIZE);
    const checkpoints = { folder: await newFolder() };
    const file = join(beside, 'model.onnx');
    return runStage(embedFaces, { model: file, batch: 16 }, { faces: set }, { checkpoints, ...options });
  };
  beforeAll(async () => {
    beside = await newFolder();
    const external = { location: 'weights.data' };
    await writeFile(join(beside, 'model.onnx'), tinyRecogniser({ size: SIZE, dim: DIM, external }));
  });

  test('takes rows that were made with the same weights, and none made with others, though the ONNX file is the same', async () => {
    const earlier = await run(FEW, 1);
    const same = await run(FACES.slice(0, 70), 1, { earlier: [earlier.folder] });
    expect(rowsOf(same)).toMatchObject({ reused: 60 });
    const other = await run(FACES.slice(0, 70), -1, { earlier: [earlier.folder] });
    expect(rowsOf(other)).toMatchObject({ reused: 0 });
    expect(warningsOf(other)).toEqual([expect.stringContaining('is of teacher')]);
    const sets = await Promise.all([same, other].map(({ folder }) => openEmbeddings(join(folder, 'embeddings'))));
    expect(new Set(sets.map(({ teacherSha256 }) => teacherSha256)).size).toBe(2);
    const [first] = await Promise.all(sets.map(set => firstRow(set)));
    const again = await firstRow(sets[1]!);
    expect([...again.embedding]).toEqual([...first!.embedding].map(value => -value));
    await Promise.all(sets.map(set => set.close()));
  });

  test('takes no part of an interrupted attempt with other weights', async () => {
    const folder = await newFolder();
    const controller = new AbortController();
    const onEvent = (event: StageEvent): void => {
      if (event.type === 'progress' && event.done >= 64) controller.abort(new Error('cancelled by the test'));
    };
    const cancelled = run(FACES.slice(0, 200), 1, { checkpoints: { folder }, signal: controller.signal, onEvent });
    await expect(cancelled).rejects.toThrow('cancelled by the test');
    expect(await readdir(folder)).toHaveLength(1);
    const other = await run(FACES.slice(0, 200), 3, { checkpoints: { folder } });
    expect(rowsOf(other)).toMatchObject({ reused: 0 });
    expect(warningsOf(other)).toEqual([expect.stringContaining('it is of another teacher')]);
  });
});

async function firstRow(set: EmbeddingSet): Promise<EmbeddingRow> {
  for await (const row of embeddingRows(set)) return row;
  throw new Error('there is no row');
}

describe('embed-faces with earlier artifacts', () => {
  test.each<[string, (faces: readonly TestFace[]) => TestFace[], number]>([
    ['the same faces', faces => [...faces], 60],
    ['the same faces in another order', faces => shuffled(faces), 60],
    ['faces added in the midst', faces => [...faces.slice(0, 7), ...FACES.slice(100, 103), ...faces.slice(7)], 60],
    ['faces added at both ends', faces => [FACES[101]!, ...faces, FACES[102]!], 60],
    ['some of the faces', faces => faces.filter((_, i) => i % 3 === 0), 20],
    ['one face twice', faces => [faces[5]!, ...faces, faces[5]!], 62],
    ['no face', () => [], 0],
    ['other faces', () => FACES.slice(200, 230), 0],
  ])('computes only what is new, and makes the same bytes: %s', async (_, change, reused) => {
    const earlier = await embed(FEW);
    const faces = change(FEW);
    const run = await embed(faces, { earlier: [earlier.folder] });
    expect(rowsOf(run)).toEqual({ type: 'rows', reused, total: faces.length });
    expect(warningsOf(run)).toEqual([]);
    await expectSame(run, faces);
  });

  test('takes rows across row groups, from several artifacts, the newest first', async () => {
    const [old, young] = [await embed(FACES.slice(0, 3000)), await embed(FACES.slice(2500))];
    const faces = shuffled(FACES);
    const run = await embed(faces, { earlier: [young.folder, old.folder] });
    expect(rowsOf(run)).toEqual({ type: 'rows', reused: FACES.length, total: FACES.length });
    await expectSame(run, faces);
  });

  /** An artifact with vectors that no model gives. */
  async function forged(facesDigest = 'sha256:x'): Promise<StageRun> {
    const run = await embed(FEW);
    const folder = join(run.folder, 'embeddings');
    const set = await openEmbeddings(folder);
    const rows = [];
    for await (const row of embeddingRows(set)) rows.push({ ...row, embedding: Float32Array.of(0, 0, 0, 0, 0, 1) });
    const { teacherSha256 } = set;
    await set.close();
    const preprocessing = { size: SIZE, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 } as const;
    const writer = await createEmbeddingSet(folder, { dim: DIM, facesDigest, teacherSha256, preprocessing });
    for (const row of rows) await writer.add({ ...row, norm: 2, normFlipped: 2 });
    await writer.close();
    return run;
  }

  test('does take the rows: what only the earlier artifact has is in the new one', async () => {
    const { folder } = await embed(FEW.slice(0, 9), { earlier: [(await forged()).folder] });
    const set = await openEmbeddings(join(folder, 'embeddings'));
    for await (const { embedding } of embeddingRows(set)) expect([...embedding]).toEqual([0, 0, 0, 0, 0, 1]);
    await set.close();
  });

  test('computes rows again that are not those that were written, and warns once', async () => {
    const earlier = await embed(FEW);
    const set = await openEmbeddings(join(earlier.folder, 'embeddings'));
    const vectors: Buffer[] = [];
    for await (const { embedding } of embeddingRows(set)) vectors.push(Buffer.from(embedding.buffer));
    await set.close();
    await changeTable(earlier, bytes => {
      for (const row of [4, 50]) bytes[bytes.indexOf(vectors[row]!) + 1]! ^= 1;
      return bytes;
    });
    const run = await embed(FEW, { earlier: [earlier.folder] });
    expect(rowsOf(run)).toEqual({ type: 'rows', reused: 58, total: 60 });
    expect(warningsOf(run)).toEqual([
      expect.stringMatching(/earlier run are damaged .*: row 4 is not the one that was written$/),
    ]);
    await expectSame(run, FEW);
  });

  test.each<[string, (run: StageRun) => Promise<void>]>([
    ['is cut short', run => changeTable(run, bytes => bytes.subarray(0, 400))],
    ['is empty', run => changeTable(run, () => Buffer.alloc(0))],
    ['is gone', run => rm(join(run.folder, TABLE))],
    [
      'has lost its pages',
      run =>
        changeTable(run, bytes => {
          // Footer and magic stay.
          bytes.fill(0, 4, 2000);
          return bytes;
        }),
    ],
  ])('does without a table that %s, and warns', async (_, damage) => {
    const earlier = await embed(FEW);
    await damage(earlier);
    const run = await embed(FEW, { earlier: [earlier.folder] });
    expect(warningsOf(run)).toHaveLength(1);
    await expectSame(run, FEW);
  });

  test('does without a table of another teacher, and warns', async () => {
    const other = join(await newFolder(), 'other.onnx');
    await writeFile(other, tinyRecogniser({ size: SIZE, dim: DIM, prelude: [{ op: 'Neg', in: ['data'], out: 'n' }] }));
    const faces = await writeFaceSet(FEW, SIZE);
    const earlier = await runStage(embedFaces, { model: other, batch: 16 }, { faces });
    const run = await embed(FEW, { earlier: [earlier.folder] });
    expect(warningsOf(run)).toEqual([expect.stringMatching(/No embeddings are taken .* is of teacher [0-9a-f]{64}/)]);
    await expectSame(run, FEW);
  });
});

class Killed extends Error {}

describe('embed-faces after an interruption', () => {
  /** Dies in the question that is asked after every batch, when about so many faces were computed. */
  const killedAt = (computed: number, isDue: (asked: number) => boolean = () => false): RunOptions['checkpoints'] => {
    let asked = 0;
    return {
      isDue() {
        if (++asked * BATCH > computed) throw new Killed();
        return isDue(asked);
      },
    };
  };

  /** An attempt that dies without a word; returns the folder of its checkpoints. */
  async function killed(computed: number, isDue?: (asked: number) => boolean): Promise<string> {
    const folder = await newFolder();
    const checkpoints = { folder, ...killedAt(computed, isDue) };
    await expect(embed(FACES, { checkpoints })).rejects.toBeInstanceOf(Killed);
    return folder;
  }

  test.each<[number, string[]]>([
    [1500, []],
    [2500, ['face 2,048 of 5,000']],
    [4500, ['face 4,096 of 5,000']],
  ])('continues at the last whole part when it was killed at face %i', async (done, resumed) => {
    const folder = await killed(done);
    const run = await embed(FACES, { checkpoints: { folder } });
    expect(resumedOf(run)).toEqual(resumed);
    expect(rowsOf(run)).toEqual({ type: 'rows', reused: Math.floor(done / 2048) * 2048, total: FACES.length });
    await expectSame(run, FACES);
  });

  test('keeps smaller parts when they are due, and reports that they are kept', async () => {
    const folder = await killed(1000, asked => asked % 10 === 0);
    expect(await readdir(folder)).toHaveLength(3);
    let saved = 0;
    const run = await embed(FACES, { checkpoints: { folder, isDue: () => true, saved: () => (saved += 1) } });
    expect(saved).toBe(Math.ceil((FACES.length - 960) / BATCH));
    expect(resumedOf(run)).toEqual(['face 960 of 5,000']);
    await expectSame(run, FACES);
  });

  test('keeps what it has when it is cancelled', async () => {
    const [folder, controller] = [await newFolder(), new AbortController()];
    const onEvent = (event: StageEvent): void => {
      if (event.type === 'progress' && event.done >= 500) controller.abort(new Error('cancelled by the test'));
    };
    const cancelled = embed(FACES, { checkpoints: { folder }, signal: controller.signal, onEvent });
    await expect(cancelled).rejects.toThrow('cancelled by the test');
    const run = await embed(FACES, { checkpoints: { folder } });
    expect(Number(/^face (\d+) of/.exec(resumedOf(run)[0]!)![1])).toBeGreaterThanOrEqual(500);
    await expectSame(run, FACES);
  });

  test('continues from parts and earlier artifacts together, when it was killed twice', async () => {
    const earlier = await embed(FACES.filter((_, i) => i % 5 === 0));
    const folder = await killed(2500);
    const options = { checkpoints: { folder, ...killedAt(320, () => true) }, earlier: [earlier.folder] };
    await expect(embed(FACES, options)).rejects.toBeInstanceOf(Killed);
    const run = await embed(FACES, { ...options, checkpoints: { folder } });
    // 2,048 in the first part, every fifth of those behind it, and ten batches of what is left.
    expect(rowsOf(run)).toMatchObject({ reused: 2048 + Math.floor((FACES.length - 2048) / 5) + 320 });
    await expectSame(run, FACES);
  });

  test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['has one wrong bit', bytes => flip(bytes, bytes.length >> 1), /are computed again: .*its digest/],
    ['is cut short', bytes => bytes.subarray(0, -5), /are computed again: .*its digest/],
    ['is empty', () => Buffer.alloc(0), /it has 0 bytes/],
  ])('removes a part that %s, with a warning, and takes the others', async (_, change, warning) => {
    const folder = await killed(4500);
    const [first] = (await readdir(folder)).sort();
    // By that name, `verify` knows it.
    expect(first).toMatch(SEALED_CHECKPOINT);
    await writeFile(join(folder, first!), change(await readFile(join(folder, first!))));
    await writeFile(join(folder, 'part-000007.rows.aside'), 'not finished');
    const run = await embed(FACES, { checkpoints: { folder } });
    expect(warningsOf(run)).toEqual([expect.stringMatching(warning)]);
    expect(await readdir(folder)).not.toContain(first);
    expect(rowsOf(run)).toEqual({ type: 'rows', reused: 2048, total: FACES.length });
    await expectSame(run, FACES);
  });

  test('does not take a part of another teacher', async () => {
    const folder = await killed(2500);
    const other = join(await newFolder(), 'other.onnx');
    await writeFile(other, tinyRecogniser({ size: SIZE, dim: DIM, prelude: [{ op: 'Neg', in: ['data'], out: 'n' }] }));
    const faces = await writeFaceSet(FEW, SIZE);
    const run = await runStage(embedFaces, { model: other, batch: 16 }, { faces }, { checkpoints: { folder } });
    expect(warningsOf(run)).toEqual([expect.stringContaining('it is of another teacher')]);
    expect(rowsOf(run)).toMatchObject({ reused: 0 });
  });

  test('outlives a SIGKILL', async () => {
    const [faces, folder] = [await writeFaceSet(FACES, SIZE), await newFolder()];
    const helpers = join(__dirname, '..', 'helpers');
    const given = JSON.stringify([{ model, batch: 16 }, faces, folder]);
    const child = spawn(
      process.execPath,
      ['-r', join(helpers, 'register-typescript.js'), join(helpers, 'embedding-child.ts'), given],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = new Promise(resolve => child.once('exit', (_, signal) => resolve(signal)));
    for await (const line of createInterface({ input: child.stdout })) {
      if (Number(line) >= 2100) child.kill('SIGKILL');
    }
    expect(await ended).toBe('SIGKILL');
    const run = await embedSet(faces, { checkpoints: { folder } });
    expect((rowsOf(run) as { reused: number }).reused).toBeGreaterThanOrEqual(2048);
    await expectSame(run, FACES);
  });
});

function memo<Given extends object, Made>(make: (given: Given) => Promise<Made>): (given: Given) => Promise<Made> {
  const made = new Map<Given, Promise<Made>>();
  return given => {
    const one = made.get(given) ?? make(given);
    made.set(given, one);
    return one;
  };
}

function shuffled(faces: readonly TestFace[]): TestFace[] {
  return [...permutation(faces.length, seededRandom(1, 'order'))].map(i => faces[i]!);
}

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1;
  return bytes;
}
