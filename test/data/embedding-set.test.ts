import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createEmbeddingSet, openEmbeddings, type EmbeddingRow } from '../../src/data/embedding-set';
import { writeTable } from '../../src/data/tables/write-table';
import { embeddingRows } from '../helpers/embedding-rows';

const ABOUT = {
  dim: 3,
  facesDigest: 'sha256:00ff',
  teacherSha256: 'ab12',
  preprocessing: { size: 112, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 },
} as const;

function rowAt(row: number): EmbeddingRow {
  const embedding = Float32Array.of(row, 0.1, -1e-20);
  return {
    row,
    key: `k${row}`,
    identity: `id ${row % 7}`,
    group: 'AB'[row % 2]!,
    embedding,
    embeddingFlipped: embedding.map(v => -v),
  };
}

describe('embedding sets', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairdistill-embeddings-'));
  });

  test('openEmbeddings() gives back what createEmbeddingSet() wrote, and can be read twice', async () => {
    const writer = await createEmbeddingSet(folder, ABOUT);
    for (let row = 0; row < 50; row++) await writer.add({ ...rowAt(row), norm: 2, normFlipped: 3 });
    await writer.close();
    const set = await openEmbeddings(folder);
    expect(set).toMatchObject({ count: 50, dim: 3, facesDigest: 'sha256:00ff', teacherSha256: 'ab12' });
    for (let pass = 0; pass < 2; pass++) {
      let row = 0;
      for await (const found of embeddingRows(set)) expect(found).toEqual(rowAt(row++));
      expect(row).toBe(50);
    }
    await set.close();
  });

  test('an empty set keeps its width', async () => {
    await (await createEmbeddingSet(folder, ABOUT)).close();
    const set = await openEmbeddings(folder);
    expect(set).toMatchObject({ count: 0, dim: 3 });
    await set.close();
  });

  test('openEmbeddings() refuses a missing file and one without its footer', async () => {
    await expect(openEmbeddings(folder)).rejects.toMatchObject({ code: 'bad-table' });
    const vector = { type: 'vector', width: 2 } as const;
    const text = { type: 'string' } as const;
    const columns = {
      row: { type: 'int' },
      key: text,
      identity: text,
      group: text,
      embedding: vector,
      embedding_flipped: vector,
    } as const;
    await writeTable(join(folder, 'embeddings.parquet'), columns, [], { dim: '3', dtype: 'float32' });
    await expect(openEmbeddings(folder)).rejects.toMatchObject({ code: 'bad-embedding-set' });
    await expect(openEmbeddings(folder)).rejects.toThrow('found vectors of 2 values and footer dim=3');
  });
});
