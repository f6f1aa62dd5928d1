import { join } from 'node:path';
import { UserError } from '../errors';
import { readTable } from '../tables/read-table';
import type { Columns } from '../tables/table';
import { openTable } from '../tables/write-table';
import type { Preprocessing } from './face-tensor';

/** A face's embeddings. Both are L2-normalised float32. */
export interface EmbeddingRow {
  readonly row: number;
  /** Of the face: sha256 of its pixels, hex. */
  readonly key: string;
  readonly identity: string;
  readonly group: string;
  readonly embedding: Float32Array;
  /** Of the mirror image. */
  readonly embeddingFlipped: Float32Array;
}

export interface EmbeddingSet {
  readonly count: number;
  readonly dim: number;
  /** Digest of the face-set artifact that was embedded. */
  readonly facesDigest: string;
  /** Digest of the model file, hex. */
  readonly teacherSha256: string;
  /** Rows in the order of the face set; can be called again. */
  rows(): AsyncIterable<EmbeddingRow>;
  close(): Promise<void>;
}

export interface EmbeddingSetWriter {
  /** Norms are those before normalisation. The vectors are copied. */
  add(row: EmbeddingRow & { readonly norm: number; readonly normFlipped: number }): Promise<void>;
  close(): Promise<void>;
}

const FILE = 'embeddings.parquet';

function columnsOf(dim: number) {
  return {
    row: { type: 'int' },
    key: { type: 'string' },
    identity: { type: 'string' },
    group: { type: 'string' },
    embedding: { type: 'vector', width: dim },
    embedding_flipped: { type: 'vector', width: dim },
  } as const satisfies Columns;
}

const NORMS = { norm: { type: 'float' }, norm_flipped: { type: 'float' } } as const satisfies Columns;

/** Starts an embedding set in an existing folder. Complete only after `close`. */
export async function createEmbeddingSet(
  folder: string,
  about: {
    readonly dim: number;
    readonly facesDigest: string;
    readonly teacherSha256: string;
    readonly preprocessing: Preprocessing;
  },
): Promise<EmbeddingSetWriter> {
  const table = await openTable(
    join(folder, FILE),
    { ...columnsOf(about.dim), ...NORMS },
    {
      dim: String(about.dim),
      dtype: 'float32',
      endianness: 'little',
      teacher_sha256: about.teacherSha256,
      faces_digest: about.facesDigest,
      preprocessing: JSON.stringify(about.preprocessing),
    },
  );
  return {
    add: ({ embeddingFlipped, normFlipped, ...row }) =>
      table.append({ ...row, embedding_flipped: embeddingFlipped, norm_flipped: normFlipped }),
    close: () => table.close(),
  };
}

/** Opens an embedding set. Errors with `bad-table` or `bad-embedding-set` (`UserError`) when the file is not one. */
export async function openEmbeddings(folder: string): Promise<EmbeddingSet> {
  const table = await readTable(join(folder, FILE), columnsOf(0));
  const { dim, dtype, endianness, teacher_sha256: teacherSha256, faces_digest: facesDigest } = table.metadata;
  const width = table.vectorWidth('embedding');
  if (String(width) !== dim || dtype !== 'float32' || endianness !== 'little' || !teacherSha256 || !facesDigest) {
    await table.close();
    throw new UserError(
      `Cannot read embeddings ${table.path}: found vectors of ${width ?? 'no'} values and footer dim=${dim ?? 'missing'}, ` +
        `dtype=${dtype ?? 'missing'}, endianness=${endianness ?? 'missing'}, teacher_sha256=${teacherSha256 ?? 'missing'}, ` +
        `faces_digest=${facesDigest ?? 'missing'}; want little-endian float32 of that width, as embed-faces writes: run it again`,
      { code: 'bad-embedding-set' },
    );
  }
  return {
    count: table.rows,
    dim: Number(dim),
    facesDigest,
    teacherSha256,
    async *rows() {
      for await (const { row, key, identity, group, embedding, embedding_flipped } of table) {
        // The columns were checked when the table was opened.
        yield { row, key, identity, group, embedding, embeddingFlipped: embedding_flipped } as EmbeddingRow;
      }
    },
    close: () => table.close(),
  };
}
