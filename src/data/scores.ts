import { join } from 'node:path';
import { readTable } from './tables/read-table';
import type { Columns } from './tables/table';
import { writeTable } from './tables/write-table';

/** The table of an evaluation's folder: every pair that was compared. */
const FILE = 'scores.parquet';

const COLUMNS = {
  group: { type: 'string' },
  fold: { type: 'int' },
  genuine: { type: 'boolean' },
  score: { type: 'float' },
  path_a: { type: 'string' },
  path_b: { type: 'string' },
  identity_a: { type: 'string' },
  identity_b: { type: 'string' },
} as const satisfies Columns;

/** One pair. `score` is a cosine in float32. Identities are those of the face set. */
export type PairScore = { readonly [C in keyof typeof COLUMNS]: Scalars[(typeof COLUMNS)[C]['type']] };

interface Scalars {
  readonly string: string;
  readonly int: number;
  readonly float: number;
  readonly boolean: boolean;
}

/** Every pair of an evaluation, in the order of the list. */
export interface PairScores extends AsyncIterable<PairScore> {
  readonly path: string;
  readonly count: number;
  close(): Promise<void>;
}

/** Writes the pairs as they come. */
export async function writeScores(folder: string, pairs: Iterable<PairScore>): Promise<void> {
  await writeTable(join(folder, FILE), COLUMNS, pairs);
}

/** Opens the pairs, which are read a row group at a time. Errors with `bad-table` (a `UserError`). */
export async function openScores(folder: string): Promise<PairScores> {
  const table = await readTable(join(folder, FILE), COLUMNS);
  return {
    path: table.path,
    count: table.rows,
    // The table has checked the types of its columns, none of which is optional.
    [Symbol.asyncIterator]: () => table[Symbol.asyncIterator]() as AsyncIterator<PairScore>,
    close: () => table.close(),
  };
}
