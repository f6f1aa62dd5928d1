import { join } from 'node:path';
import type { Columns } from '../tables/table';
import { openTable, type TableWriter } from '../tables/write-table';

const COLUMNS = {
  group: { type: 'string' },
  fold: { type: 'int' },
  path_a: { type: 'string' },
  path_b: { type: 'string' },
  genuine: { type: 'boolean' },
} as const satisfies Columns;

/** Starts a pair list in an existing folder; paths are those of the photo set beside it. */
export function createPairList(folder: string): Promise<TableWriter> {
  return openTable(join(folder, 'pairs.parquet'), COLUMNS);
}
