import { ParquetReader } from 'parquetjs-lite';
import { UserError, messageOf } from '../../errors';
import type { Column, Columns, Row, Value } from './table';
import { vectorPlaces } from './vector-places';

/** An open Parquet file. Rows are read one row group at a time. */
export interface Table {
  readonly path: string;
  readonly rows: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes of a fixed-length column divided by 4, or undefined where the column is missing or of another type. */
  vectorWidth(column: string): number | undefined;
  /** Rows in each row group. */
  readonly groups: readonly number[];
  /** Every row in file order; can be called again. */
  [Symbol.asyncIterator](): AsyncIterator<Row>;
  /** The same with some of the wanted columns only; the others are not read from disk. */
  select(...columns: readonly string[]): AsyncIterable<Row>;
  /** Where the vectors of a column start, by row, in bytes from the start of the file. Errors with `bad-table` when they are not stored plainly. */
  vectorPlaces(column: string): Promise<(row: number) => number>;
  /** The rows of a row group, counted from 0. Errors with `bad-table`. */
  readGroup(index: number): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/**
 * Opens a Parquet file and checks that it has the wanted columns with the wanted types.
 * Errors with `bad-table` (a `UserError`) when the file is missing, is not Parquet, or has other columns.
 * @param wanted the columns to read; others in the file are ignored. A vector's `width` 0 accepts any width.
 */
export async function readTable(path: string, wanted: Columns): Promise<Table> {
  let reader: ParquetReader;
  try {
    reader = await ParquetReader.openFile(path);
  } catch (error) {
    throw badTable(path, `it cannot be read as Parquet: ${messageOf(error)}`, error);
  }
  const width = (name: string): number | undefined => {
    const field = reader.schema.fields[name];
    return field?.primitiveType === 'FIXED_LEN_BYTE_ARRAY' && field.typeLength ? field.typeLength / 4 : undefined;
  };
  for (const [name, column] of Object.entries(wanted)) {
    const field = reader.schema.fields[name];
    const found = field === undefined ? 'missing' : field.primitiveType;
    const fits =
      column.type === 'vector'
        ? width(name) !== undefined && (column.width === 0 || width(name) === column.width)
        : found === PRIMITIVES[column.type];
    if (fits || (column.type !== 'vector' && column.optional && found === 'missing')) continue;
    await reader.close();
    const want = column.type === 'vector' ? `a vector of ${column.width || 'any'} float32` : column.type;
    throw badTable(path, `column "${name}" is ${found}, want ${want}`);
  }
  return {
    path,
    rows: Number(reader.getRowCount()),
    metadata: reader.getMetadata(),
    vectorWidth: width,
    groups: reader.metadata.row_groups.map(group => Number(group.num_rows)),
    [Symbol.asyncIterator]: () => rowsOf(reader, path, wanted),
    select: (...names) => ({
      [Symbol.asyncIterator]: () => rowsOf(reader, path, Object.fromEntries(names.map(name => [name, wanted[name]!]))),
    }),
    vectorPlaces: async column => {
      try {
        return await vectorPlaces(reader, column);
      } catch (error) {
        throw badTable(path, `its vectors cannot be found: ${messageOf(error)}`, error);
      }
    },
    readGroup: async index => (await readRecords(reader, path, wanted, index)).map(cells => rowOf(cells, wanted)),
    close: () => reader.close(),
  };
}

const PRIMITIVES = {
  string: 'BYTE_ARRAY',
  int: 'INT32',
  float: 'FLOAT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
} as const;

async function* rowsOf(reader: ParquetReader, path: string, wanted: Columns): AsyncGenerator<Row> {
  for (let index = 0; index < reader.metadata.row_groups.length; index++) {
    for (const cells of await readRecords(reader, path, wanted, index)) yield rowOf(cells, wanted);
  }
}

type Cells = Readonly<Record<string, unknown>>;

/** The rows of a row group, as stored in its pages. */
async function readRecords(reader: ParquetReader, path: string, wanted: Columns, index: number): Promise<Cells[]> {
  const cursor = reader.getCursor(Object.keys(wanted));
  cursor.rowGroupIndex = index;
  try {
    return (await cursor.nextRowGroup()) ?? [];
  } catch (error) {
    throw badTable(path, `rows from ${rowsBefore(reader, index)} on cannot be read: ${messageOf(error)}`, error);
  }
}

function rowsBefore({ metadata }: ParquetReader, index: number): number {
  return metadata.row_groups.slice(0, index).reduce((sum, group) => sum + Number(group.num_rows), 0);
}

function rowOf(cells: Cells, wanted: Columns): Row {
  const row: Record<string, Value> = {};
  for (const [name, column] of Object.entries(wanted)) row[name] = valueOf(cells[name], column);
  return row;
}

function valueOf(cell: unknown, column: Column): Value {
  if (cell === undefined || cell === null) return null;
  if (column.type !== 'vector') return cell as Value;
  // A copy: the bytes are unaligned inside the page, and would keep the whole page alive.
  const bytes = Uint8Array.from(cell as Uint8Array);
  return new Float32Array(bytes.buffer);
}

function badTable(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(`Cannot read table ${path}: ${reason}`, { code: 'bad-table', cause });
}
