import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors';
import type { Checkpoints } from '../../stage';
import { openSealed, writeSealed } from '../../kit/files/sealed-file';
import type { FaceEmbeddings, TeacherTraits } from '../../data/embedding-set';
import type { RowSource, Warn } from './row-source';

/** Embeddings that are computed, kept where the next attempt finds them. */
export interface EmbeddingParts {
  /** What attempts before this one have left. */
  readonly found: readonly RowSource[];
  /** Rows in there. */
  readonly foundRows: number;
  /** Writes a part when enough is gathered. The arrays must stay as they are. */
  add(computed: readonly FaceEmbeddings[]): Promise<void>;
  /** Writes what is gathered. */
  flush(): Promise<void>;
}

/** Rows of a part, as many as of a row group. */
const ROWS = 2048;
const NAME = /^part-(\d{6})\.rows$/;

/** Opens the parts in the folder of the checkpoints. Removes those that are damaged or of another teacher, after a warning. */
export async function openParts(checkpoints: Checkpoints, teacher: TeacherTraits, warn: Warn): Promise<EmbeddingParts> {
  const names = (await readdir(checkpoints.folder)).filter(name => NAME.test(name)).sort();
  const found: PartSource[] = [];
  for (const name of names) {
    const path = join(checkpoints.folder, name);
    try {
      found.push(await openPart(path, teacher));
    } catch (error) {
      warn(`Embeddings of an interrupted attempt are computed again: ${path}: ${messageOf(error)}`);
      await rm(path, { force: true });
    }
  }
  let next = names.length > 0 ? Number(NAME.exec(names.at(-1)!)![1]) + 1 : 0;
  let gathered: FaceEmbeddings[] = [];
  const flush = async (): Promise<void> => {
    if (gathered.length === 0) return;
    const path = join(checkpoints.folder, `part-${String(next++).padStart(6, '0')}.rows`);
    const about: About = { ...teacher, rows: gathered.length };
    await writeSealed(path, about, encode(gathered, teacher.dim));
    gathered = [];
    checkpoints.saved();
  };
  return {
    found,
    foundRows: found.reduce((sum, { rows }) => sum + rows, 0),
    async add(computed) {
      gathered.push(...computed);
      if (gathered.length >= ROWS || checkpoints.isDue()) await flush();
    },
    flush,
  };
}

type About = TeacherTraits & { readonly rows: number };

interface PartSource extends RowSource {
  readonly rows: number;
}

async function openPart(path: string, teacher: TeacherTraits): Promise<PartSource> {
  const keys = (await readPart(path, teacher)).map(({ key }) => key);
  return {
    rows: keys.length,
    keys: () => keys,
    async read(rows) {
      const part = await readPart(path, teacher);
      return rows.map(row => part[row]);
    },
    close: () => Promise.resolve(),
  };
}

async function readPart(path: string, { dim, teacherSha256, preprocessing }: TeacherTraits): Promise<FaceEmbeddings[]> {
  const part = await openSealed(path);
  try {
    const about = part.about as Partial<About> | null;
    const isOurs = about?.dim === dim && about.teacherSha256 === teacherSha256 && about.preprocessing === preprocessing;
    if (!isOurs) throw new RangeError('it is of another teacher');
    const { rows = 0 } = about;
    const width = widthOf(dim);
    if (part.length !== rows * width)
      throw new RangeError(`it has ${part.length} bytes, want ${rows} rows of ${width}`);
    const bytes = Buffer.alloc(part.length);
    await part.read(0, bytes);
    return Array.from({ length: rows }, (_, row) => decode(bytes.subarray(row * width, (row + 1) * width), dim));
  } finally {
    await part.close();
  }
}

/** A row is the key and then, as float32 in the order of this machine, both embeddings and their norms. */
const KEY = 32;

function widthOf(dim: number): number {
  return KEY + 2 * (dim + 1) * Float32Array.BYTES_PER_ELEMENT;
}

function* encode(rows: readonly FaceEmbeddings[], dim: number): Generator<Uint8Array> {
  const values = new Float32Array(2 * (dim + 1));
  for (const { key, embedding, embeddingFlipped, norm, normFlipped } of rows) {
    yield Buffer.from(key, 'hex');
    values.set(embedding);
    values.set(embeddingFlipped, dim);
    values.set([norm, normFlipped], 2 * dim);
    yield new Uint8Array(values.buffer);
  }
}

function decode(bytes: Buffer, dim: number): FaceEmbeddings {
  // A copy, whose floats are aligned.
  const values = new Float32Array(Uint8Array.from(bytes.subarray(KEY)).buffer);
  return {
    key: bytes.subarray(0, KEY).toString('hex'),
    embedding: values.subarray(0, dim),
    embeddingFlipped: values.subarray(dim, 2 * dim),
    norm: values[2 * dim]!,
    normFlipped: values[2 * dim + 1]!,
  };
}
