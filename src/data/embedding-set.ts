import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors';
import { readTable, type Table } from './tables/read-table';
import type { Columns } from './tables/table';
import { openTable } from './tables/write-table';

/** How the pixels of a face become the input of a model. */
export interface Preprocessing {
  /** Edge of the square face, pixels. */
  readonly size: number;
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: 'RGB' | 'BGR';
  /** The model sees (pixel - mean) / scale, pixel 0..255. */
  readonly mean: number;
  readonly scale: number;
}

/** What embeddings must agree in to be those of one teacher. */
export interface TeacherTraits {
  readonly dim: number;
  /** Digest of the model file, hex. */
  readonly teacherSha256: string;
  /** Of `Preprocessing`: JSON. */
  readonly preprocessing: string;
}

/** Both embeddings of a face as an embedding set keeps them. */
export interface FaceEmbeddings {
  /** Of the face: sha256 of its pixels, hex. */
  readonly key: string;
  /** L2-normalised. */
  readonly embedding: Float32Array;
  /** Of the mirror image. */
  readonly embeddingFlipped: Float32Array;
  /** Norms before normalisation, rounded to float32: what is read back must be what was written. */
  readonly norm: number;
  readonly normFlipped: number;
}

/** A face's embeddings, as they are read. */
export interface EmbeddingRow extends Omit<FaceEmbeddings, 'norm' | 'normFlipped'> {
  readonly row: number;
  readonly identity: string;
  readonly group: string;
}

export interface EmbeddingSet {
  readonly count: number;
  readonly dim: number;
  /** Digest of the face-set artifact that was embedded. */
  readonly facesDigest: string;
  /** Digest of the model file, hex. */
  readonly teacherSha256: string;
  /** How pixels became its input: `Preprocessing` as JSON. */
  readonly preprocessing: string;
  /** The Parquet file. */
  readonly path: string;
  /** Where in the file the embedding of a row or, with `mirrored`, of its mirror image starts, in bytes. Errors with `bad-table`. */
  places(): Promise<(row: number, mirrored: boolean) => number>;
  close(): Promise<void>;
}

export interface EmbeddingSetWriter {
  /** The vectors are copied. */
  add(row: EmbeddingRow & FaceEmbeddings): Promise<void>;
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

/** `check` shows, when rows are taken from here for another set, whether they are as written: see `checkOf`. */
const FOR_REUSE = {
  norm: { type: 'float' },
  norm_flipped: { type: 'float' },
  check: { type: 'int' },
} as const satisfies Columns;

/** Starts an embedding set in an existing folder. Complete only after `close`. */
export async function createEmbeddingSet(
  folder: string,
  about: {
    readonly dim: number;
    readonly facesDigest: string;
    readonly teacherSha256: string;
    readonly preprocessing: Preprocessing;
    /** Where the parts of the preprocessing are taken from, such as `option`. */
    readonly statedBy?: Readonly<Record<'channels' | 'mean' | 'scale', string>>;
  },
): Promise<EmbeddingSetWriter> {
  const table = await openTable(
    join(folder, FILE),
    { ...columnsOf(about.dim), ...FOR_REUSE },
    {
      dim: String(about.dim),
      dtype: 'float32',
      endianness: 'little',
      teacher_sha256: about.teacherSha256,
      faces_digest: about.facesDigest,
      preprocessing: JSON.stringify(about.preprocessing),
      ...(about.statedBy && { preprocessing_stated_by: JSON.stringify(about.statedBy) }),
    },
  );
  return {
    add({ row, identity, group, ...embeddings }) {
      const { key, embedding, embeddingFlipped: embedding_flipped, norm, normFlipped: norm_flipped } = embeddings;
      const check = checkOf(embeddings);
      return table.append({ row, key, identity, group, embedding, embedding_flipped, norm, norm_flipped, check });
    },
    close: () => table.close(),
  };
}

/** The first four bytes of the SHA-256 of key, embeddings and norms (float32), as a signed number in little-endian order. */
export function checkOf({ key, embedding, embeddingFlipped, norm, normFlipped }: FaceEmbeddings): number {
  const hash = createHash('sha256').update(key);
  for (const values of [embedding, embeddingFlipped, Float32Array.of(norm, normFlipped)]) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest().readInt32LE();
}

/**
 * The table of an embedding set with all that another set could take from it. Errors as `openEmbeddings`, and with
 * `other-embeddings` (`UserError`) when it is of another teacher.
 */
export async function openStoredEmbeddings(folder: string, teacher: TeacherTraits): Promise<Table> {
  const table = await readTable(join(folder, FILE), { ...columnsOf(teacher.dim), ...FOR_REUSE });
  const { teacher_sha256: teacherSha256, preprocessing } = table.metadata;
  if (teacherSha256 === teacher.teacherSha256 && preprocessing === teacher.preprocessing) return table;
  await table.close();
  throw new UserError(
    `${table.path} is of teacher ${teacherSha256 ?? 'unknown'} with preprocessing ${preprocessing ?? 'unknown'}, ` +
      `want ${teacher.teacherSha256} with ${teacher.preprocessing}`,
    { code: 'other-embeddings' },
  );
}

/** Group and norm of every row, in order; nothing else is read. Errors with `bad-table`. */
export async function* readNorms(folder: string): AsyncGenerator<{ readonly group: string; readonly norm: number }> {
  const table = await readTable(join(folder, FILE), { group: { type: 'string' }, norm: { type: 'float' } });
  try {
    for await (const { group, norm } of table) yield { group: String(group), norm: Number(norm) };
  } finally {
    await table.close();
  }
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
    path: table.path,
    count: table.rows,
    dim: Number(dim),
    facesDigest,
    teacherSha256,
    preprocessing: table.metadata['preprocessing'] ?? 'unknown',
    async places() {
      const [original, flipped] = [
        await table.vectorPlaces('embedding'),
        await table.vectorPlaces('embedding_flipped'),
      ];
      return (row, mirrored) => (mirrored ? flipped : original)(row);
    },
    close: () => table.close(),
  };
}
