import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { openEmbeddings } from '../../src/data/embedding-set';
import { contractMetadata } from '../../src/models/input-contract';
import { embedFaces } from '../../stages/embed-faces';
import { testFaces, writeFaceSet } from '../helpers/face-set';
import { runStage, type StageRun } from '../helpers/run-stage';
import { tinyRecogniser } from '../helpers/tiny-onnx';
import { drawPictures } from '../helpers/draw-pictures';
import { embeddingRows } from '../helpers/embedding-rows';

const SIZE = 8;
const DIM = 6;
const FACES = testFaces('AB', 5, 4, SIZE, 12);
const BYTES = tinyRecogniser({ size: SIZE, dim: DIM });

let faces: string;
let model: string;
let run: StageRun;
beforeAll(async () => {
  faces = await writeFaceSet(FACES, SIZE);
  model = join(await mkdtemp(join(tmpdir(), 'fairdistill-teacher-')), 'model.onnx');
  await writeFile(model, BYTES);
  run = await runStage(embedFaces, { model, batch: 16 }, { faces });
});

async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Unit embedding of a face by onnxruntime alone. */
async function direct(session: InferenceSession, pixels: Uint8Array, mirrored: boolean): Promise<number[]> {
  const data = new Float32Array(pixels.length);
  pixels.forEach((pixel, i) => {
    const [row, x, channel] = [Math.floor(i / 3 / SIZE), Math.floor(i / 3) % SIZE, i % 3];
    data[channel * SIZE * SIZE + row * SIZE + (mirrored ? SIZE - 1 - x : x)] = (pixel - 127.5) / 127.5;
  });
  const { fc1 } = await session.run({ data: new Tensor('float32', data, [1, 3, SIZE, SIZE]) });
  const raw = [...(fc1!.data as Float32Array)];
  return raw.map(value => value / Math.hypot(...raw));
}

describe('embed-faces', () => {
  test('caches both views of every face in order, equal to a direct onnxruntime run within 1e-6', async () => {
    const session = await InferenceSession.create(model);
    const set = await openEmbeddings(join(run.folder, 'embeddings'));
    expect(set).toMatchObject({
      count: FACES.length,
      dim: DIM,
      facesDigest: 'sha256:of-faces',
      teacherSha256: createHash('sha256').update(BYTES).digest('hex'),
    });
    let row = 0;
    for await (const found of embeddingRows(set)) {
      const face = FACES[row]!;
      const key = createHash('sha256').update(face.pixels).digest('hex');
      expect(found).toMatchObject({ row, key, identity: face.identity, group: face.group });
      for (const [mirrored, vector] of [
        [false, found.embedding],
        [true, found.embeddingFlipped],
      ] as const) {
        const wanted = await direct(session, face.pixels, mirrored);
        wanted.forEach((value, i) => expect(Math.abs(vector[i]! - value)).toBeLessThan(1e-6));
      }
      row++;
    }
    expect(row).toBe(FACES.length);
    await set.close();
  });

  test('writes a table that DuckDB reads: row count, width in bytes, unit norm', async () => {
    const path = join(run.folder, 'embeddings', 'embeddings.parquet');
    const [first] = await query(
      `select count(*)::int, min(octet_length(embedding))::int, max(octet_length(embedding_flipped))::int,
       min(norm) > 0, count(distinct "group")::int from '${path}'`,
    );
    expect(first).toEqual([FACES.length, 4 * DIM, 4 * DIM, true, 2]);
    const vectors = await query(`select hex(embedding), hex(embedding_flipped) from '${path}'`);
    for (const text of vectors.flat() as string[]) {
      const bytes = Buffer.from(text, 'hex');
      const squares = Array.from({ length: DIM }, (_, i) => bytes.readFloatLE(4 * i) ** 2);
      expect(squares.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    }
    const footer = await query(`select decode(key), decode(value) from parquet_kv_metadata('${path}')`);
    const metadata = Object.fromEntries(footer as [string, string][]);
    expect(metadata).toMatchObject({
      dim: String(DIM),
      dtype: 'float32',
      endianness: 'little',
      faces_digest: 'sha256:of-faces',
    });
    expect(JSON.parse(metadata['preprocessing']!)).toEqual({
      size: 8,
      layout: 'NCHW',
      channels: 'RGB',
      mean: 127.5,
      scale: 127.5,
    });
    expect(JSON.parse(metadata['preprocessing_stated_by']!)).toEqual({
      channels: 'default',
      mean: 'default',
      scale: 'default',
    });
  });

  test('says in its metrics what it embedded with, and what a sample of it looked like', () => {
    expect(run.metrics['teacher']).toMatchObject({
      architecture: 'ONNX file',
      embeddingSize: DIM,
      sha256: createHash('sha256').update(BYTES).digest('hex'),
      preprocessing: { channels: 'RGB', mean: 127.5, scale: 127.5, statedBy: { channels: 'default' } },
      sample: { faces: 20, identities: 10, unitNorm: false, findings: [] },
    });
  });

  test('refuses a teacher that makes all faces alike, before the work; with `suspicious: warn` it says so', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'fairdistill-teacher-')), 'twice.onnx');
    const prelude = [
      { op: 'Sub', in: ['data', 'half'], out: 'centred' },
      { op: 'Div', in: ['centred', 'half'], out: 'x' },
    ];
    const constants = { half: { shape: [1], values: Float32Array.of(127.5) } };
    await writeFile(file, tinyRecogniser({ size: SIZE, dim: DIM, prelude, constants }));
    // What the graph does is seen: pixels are not normalised a second time.
    const { metrics } = await runStage(embedFaces, { model: file, batch: 16 }, { faces });
    expect(metrics['teacher']).toMatchObject({
      preprocessing: { mean: 0, scale: 1, statedBy: { mean: 'ONNX graph', scale: 'ONNX graph' } },
      sample: { findings: [] },
    });
    expect(metrics['meanViewCosine']).toBe(run.metrics['meanViewCosine']);
    const twice = { model: file, batch: 16, mean: 127.5, scale: 127.5 };
    await expect(runStage(embedFaces, twice, { faces })).rejects.toMatchObject({ code: 'collapsed-embeddings' });
    const { events } = await runStage(embedFaces, { ...twice, suspicious: 'warn' }, { faces });
    const warnings = events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
    expect(warnings).toEqual([
      expect.stringContaining('sees pixels as -1.01 to -0.992'),
      expect.stringContaining('set `mean: 0` and `scale: 1`'),
    ]);
  });

  test('reports counts, norms and the likeness of the two views, overall and by group', () => {
    expect(run.metrics).toMatchObject({ count: 40, dim: DIM, groups: { A: { count: 20 }, B: { count: 20 } } });
    expect(run.metrics['meanNorm']).toBeGreaterThan(0);
    expect(Math.abs(run.metrics['meanViewCosine'] as number)).toBeLessThanOrEqual(1);
    expect(run.events.at(-1)?.type).toBe('metrics');
    const progress = run.events.filter(event => event.type === 'progress');
    expect(progress.at(-1)).toEqual({ type: 'progress', done: 40, total: 40, unit: 'faces' });
  });

  test('leaves histograms and a sheet of nearest strangers to look at', async () => {
    const pictures = await drawPictures(embedFaces, run.folder);
    expect([...pictures.keys()]).toEqual(['norms.svg', 'similarity.svg', 'nearest.jpg']);
    for (const file of ['norms.svg', 'similarity.svg']) expect(pictures.get(file)).toContain('<svg');
    expect((await sharp(pictures.get('nearest.jpg')).metadata()).format).toBe('jpeg');
  });

  test('gives the same bytes whatever the number of cores', async () => {
    const again = await runStage(embedFaces, { model, batch: 16 }, { faces }, { cores: 2 });
    for (const file of ['embeddings/embeddings.parquet', 'sample.parquet', 'nearest.tiles']) {
      expect(await readFile(join(again.folder, file))).toEqual(await readFile(join(run.folder, file)));
    }
  });

  test('follows model.json of a model artifact, and options before it', async () => {
    const artifact = await mkdtemp(join(tmpdir(), 'fairdistill-model-'));
    await writeFile(join(artifact, 'model.onnx'), BYTES);
    await writeFile(
      join(artifact, 'model.json'),
      JSON.stringify({ architecture: 'tiny', channels: 'BGR', mean: 127.5, scale: 127.5 }),
    );
    const preprocessing = async (options: { scale?: number }) => {
      const { folder, events } = await runStage(embedFaces, { batch: 64, ...options }, { faces, teacher: artifact });
      expect(JSON.stringify(events)).toContain('Teacher tiny: 6 values a face');
      const isWarned = JSON.stringify(events).includes('`scale: 128` where its model artifact says `scale: 127.5`');
      expect(isWarned).toBe(options.scale !== undefined);
      const path = join(folder, 'embeddings', 'embeddings.parquet');
      const rows = await query(`select decode(value) from parquet_kv_metadata('${path}') where key = 'preprocessing'`);
      return JSON.parse(rows[0]![0] as string) as unknown;
    };
    expect(await preprocessing({})).toMatchObject({ channels: 'BGR', scale: 127.5 });
    expect(await preprocessing({ scale: 128 })).toMatchObject({ channels: 'BGR', scale: 128 });
  });

  test('follows the metadata of an ONNX file, and options before it, with a warning', async () => {
    const contract = { architecture: 'tiny', channels: 'BGR', layout: 'NCHW', mean: 127.5, scale: 128 } as const;
    const metadata = contractMetadata({ ...contract, inputSize: SIZE, embeddingSize: DIM });
    const file = join(await mkdtemp(join(tmpdir(), 'fairdistill-teacher-')), 'told.onnx');
    await writeFile(file, tinyRecogniser({ size: SIZE, dim: DIM, metadata }));
    const told = await runStage(embedFaces, { model: file, batch: 16 }, { faces });
    const by = 'ONNX metadata';
    expect(told.metrics['teacher']).toMatchObject({
      architecture: 'tiny',
      preprocessing: { channels: 'BGR', mean: 127.5, scale: 128, statedBy: { channels: by, mean: by, scale: by } },
    });
    const other = await runStage(embedFaces, { model: file, batch: 16, channels: 'RGB' }, { faces });
    expect(other.metrics['teacher']).toMatchObject({
      preprocessing: { channels: 'RGB', scale: 128, statedBy: { channels: 'option', scale: by } },
    });
    expect(JSON.stringify(other.events)).toContain('`channels: RGB` where its ONNX metadata says `channels: BGR`');
  });

  test('wants exactly one teacher', async () => {
    await expect(runStage(embedFaces, { batch: 64 }, { faces })).rejects.toMatchObject({ code: 'no-model', exit: 3 });
    const both = runStage(embedFaces, { batch: 64, model }, { faces, teacher: faces });
    await expect(both).rejects.toMatchObject({ code: 'two-models', exit: 3 });
  });

  test('names the face whose embedding has no direction', async () => {
    const black = FACES.map((face, i) => (i === 7 ? { ...face, pixels: new Uint8Array(face.pixels.length) } : face));
    const folder = await writeFaceSet(black, SIZE);
    const failing = runStage(embedFaces, { model, batch: 64, mean: 0, scale: 1 }, { faces: folder });
    await expect(failing).rejects.toMatchObject({ code: 'bad-embedding' });
    await expect(failing).rejects.toThrow(`Cannot embed face 7 (${FACES[7]!.path}) with ${model}`);
  });

  test('says what it means when that is no number', async () => {
    const prelude = [{ op: 'Sqrt', in: ['data'], out: 'root' }];
    const rooted = join(await mkdtemp(join(tmpdir(), 'fairdistill-nan-')), 'root.onnx');
    await writeFile(rooted, tinyRecogniser({ size: SIZE, dim: DIM, prelude }));
    const failing = runStage(embedFaces, { model: rooted, batch: 64 }, { faces });
    await expect(failing).rejects.toMatchObject({ code: 'bad-embedding' });
    await expect(failing).rejects.toThrow(/the norm of its embedding is NaN.*the root of a negative value.*in float32/);
  });

  test('stops when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(runStage(embedFaces, { model, batch: 64 }, { faces }, { signal })).rejects.toThrow(/abort/i);
  });

  test('an empty face set gives an empty table', async () => {
    const { folder, metrics } = await runStage(
      embedFaces,
      { model, batch: 64 },
      { faces: await writeFaceSet([], SIZE) },
    );
    expect(metrics).toMatchObject({ count: 0, meanNorm: null });
    const set = await openEmbeddings(join(folder, 'embeddings'));
    expect(set.count).toBe(0);
    await set.close();
  });
});
