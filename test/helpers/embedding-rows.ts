import { readTable } from '../../src/data/tables/read-table';
import type { EmbeddingRow, EmbeddingSet } from '../../src/data/embedding-set';

/** Rows in the order of the face set. */
export async function* embeddingRows({ path, dim }: Pick<EmbeddingSet, 'path' | 'dim'>): AsyncIterable<EmbeddingRow> {
  const [text, vector] = [{ type: 'string' }, { type: 'vector', width: dim }] as const;
  const table = await readTable(path, {
    row: { type: 'int' },
    key: text,
    identity: text,
    group: text,
    embedding: vector,
    embedding_flipped: vector,
  });
  try {
    for await (const { embedding_flipped: embeddingFlipped, ...row } of table) {
      yield { ...row, embeddingFlipped } as EmbeddingRow;
    }
  } finally {
    await table.close();
  }
}
