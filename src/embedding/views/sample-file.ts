import { readTable } from '../../data/tables/read-table';
import type { Columns } from '../../data/tables/table';
import { writeTable } from '../../data/tables/write-table';
import type { SampledFace } from './face-sample';

function columnsOf(dim: number) {
  return {
    row: { type: 'int' },
    identity: { type: 'string' },
    group: { type: 'string' },
    embedding: { type: 'vector', width: dim },
  } as const satisfies Columns;
}

/** Keeps a sample of the embeddings beside all of them, which may be too many to be read for a chart. */
export async function writeSample(path: string, sample: readonly SampledFace[], dim: number): Promise<void> {
  const rows = sample.map(({ face: { row, identity, group }, embedding }) => ({ row, identity, group, embedding }));
  await writeTable(path, columnsOf(dim), rows);
}

/** Errors with `bad-table` as `readTable` does. */
export async function readSample(path: string): Promise<SampledFace[]> {
  const table = await readTable(path, columnsOf(0));
  const sample: SampledFace[] = [];
  try {
    for await (const { row, identity, group, embedding } of table) {
      const face = { row: Number(row), identity: String(identity), group: String(group) };
      sample.push({ face, embedding: embedding as Float32Array });
    }
  } finally {
    await table.close();
  }
  return sample;
}
