import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { REPOSITORY, runCli, type CliResult } from '../helpers/run-cli';

/** The whole way through every stage, typed as a user types it, read back with programs that are not ours. */
describe('pipeline run smoke', () => {
  let folder: string;
  let first: CliResult;
  const artifact = (...path: string[]): string => join(folder, 'artifacts', 'smoke', ...path);
  const json = (...path: string[]): Record<string, unknown> =>
    JSON.parse(readFileSync(artifact(...path), 'utf8')) as Record<string, unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairdistill-smoke-'));
    first = await runCli(['run', join(REPOSITORY, 'pipelines', 'smoke.yaml')], folder);
  }, 300_000);

  test('ends well, and prints the headline table and where the report is', () => {
    expect(first.stderr + first.stdout).toContain('student, distilled');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^report +\S*smoke\/report-bias\/pictures\/report\.html$/m);
    expect(first.stdout).toMatch(/SER/);
  });

  test('every stage leaves a manifest, metrics, a log and something to look at', () => {
    const stages = readdirSync(artifact(), { withFileTypes: true }).filter(entry => !entry.isFile());
    expect(stages).toHaveLength(16);
    for (const { name } of stages) {
      const { looks } = json(name, 'manifest.json') as { looks: { file: string }[] };
      const { pictures } = json(name, 'pictures', 'pictures.json') as { pictures: { file: string }[] };
      expect(pictures.length).toBeGreaterThan(0);
      const shown = [...looks.map(({ file }) => file), ...pictures.map(({ file }) => join('pictures', file))];
      for (const file of shown) expect([name, file, existsSync(artifact(name, file))]).toEqual([name, file, true]);
      expect(existsSync(artifact(name, 'log.txt'))).toBe(true);
      expect(Object.keys(json(name, 'metrics.json')).length).toBeGreaterThan(0);
    }
  });

  test('DuckDB reads the teacher embeddings: a row a face, the right width, unit norm', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const count = (json('align-real', 'faces', 'face-set.json') as { count: number }).count;
    const table = artifact('embed-real', 'embeddings', 'embeddings.parquet');
    const rows = (
      await connection.runAndReadAll(`SELECT embedding, embedding_flipped FROM '${table}' ORDER BY row`)
    ).getRows();
    expect(rows).toHaveLength(count);
    for (const cell of rows.flat()) {
      const vector = vectorOf(cell);
      expect(vector).toHaveLength(512);
      expect(Math.abs(vector.reduce((sum, x) => sum + x * x, 0) - 1)).toBeLessThan(1e-5);
    }
  });

  test('the teacher embeddings equal those of a direct onnxruntime run to 1e-5, both views', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const table = artifact('embed-real', 'embeddings', 'embeddings.parquet');
    const rows = (
      await connection.runAndReadAll(`SELECT embedding, embedding_flipped FROM '${table}' ORDER BY row`)
    ).getRows();
    const session = await InferenceSession.create(artifact('train-teacher', 'model', 'model.onnx'));
    const pixels = readFileSync(artifact('align-real', 'faces', 'pixels.rgb8'));
    for (const row of [0, 1, rows.length - 1]) {
      for (const [column, mirrored] of [false, true].entries()) {
        const output = await session.run({ [session.inputNames[0]!]: inputOf(pixels, row, mirrored) });
        const raw = output[session.outputNames[0]!]!.data as Float32Array;
        const norm = Math.hypot(...raw);
        const cached = vectorOf(rows[row]![column]);
        for (let i = 0; i < 512; i++) expect(Math.abs(cached[i]! - raw[i]! / norm)).toBeLessThan(1e-5);
      }
    }
  });

  test('typed again, everything is reused and the headline is there again', async () => {
    const second = await runCli(['run', join(REPOSITORY, 'pipelines', 'smoke.yaml')], folder);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/everything was reused/i);
    expect(second.stdout).toMatch(/SER/);
  });
});

/** Pixel row of pixels.rgb8 as [1, 3, 112, 112], (x - 127.5) / 127.5. */
function inputOf(pixels: Buffer, row: number, mirrored: boolean): Tensor {
  const side = 112;
  const data = new Float32Array(3 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = ((row * side + y) * side + (mirrored ? side - 1 - x : x)) * 3;
      for (let c = 0; c < 3; c++) data[(c * side + y) * side + x] = (pixels[from + c]! - 127.5) / 127.5;
    }
  }
  return new Tensor('float32', data, [1, 3, side, side]);
}

function vectorOf(cell: unknown): Float32Array {
  const { bytes } = cell as { bytes: Uint8Array };
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
