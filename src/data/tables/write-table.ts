import { ParquetSchema, ParquetWriter, type Field } from 'parquetjs-lite';
import type { Column, Columns, Row, Value } from './table';

/** Rows held in memory before they are written: bounds memory, and is what a reader loads at once. */
const ROW_GROUP = 2048;

/** Writes rows to one Parquet file as they come. The file is complete only after `close`. */
export interface TableWriter {
  append(row: Row): Promise<void>;
  readonly rows: number;
  close(): Promise<void>;
}

/**
 * Opens a Parquet file for writing. Equal rows and metadata give equal bytes.
 * @param metadata key-value pairs for the footer, such as the digest of the teacher.
 */
export async function openTable(
  path: string,
  columns: Columns,
  metadata: Readonly<Record<string, string>> = {},
): Promise<TableWriter> {
  const schema = new ParquetSchema(Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, fieldOf(c)])));
  const writer = await ParquetWriter.openFile(schema, path, { rowGroupSize: ROW_GROUP });
  for (const [key, value] of Object.entries(metadata)) writer.setMetadata(key, value);
  const names = Object.entries(columns);
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    async append(row) {
      const cells: Record<string, unknown> = {};
      for (const [name, column] of names) {
        const cell = cellOf(name, column, row[name]);
        if (cell !== null) cells[name] = cell;
      }
      await writer.appendRow(cells);
      rows++;
    },
    close: () => writer.close(),
  };
}

/** Writes a whole table; returns the number of rows. */
export async function writeTable(
  path: string,
  columns: Columns,
  rows: Iterable<Row> | AsyncIterable<Row>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<number> {
  const table = await openTable(path, columns, metadata);
  for await (const row of rows) await table.append(row);
  await table.close();
  return table.rows;
}

const PARQUET_TYPES = { string: 'UTF8', int: 'INT32', float: 'FLOAT', double: 'DOUBLE', boolean: 'BOOLEAN' } as const;

// Statistics cost a comparison of every value as text; no reader filters these files by range.
function fieldOf(column: Column): Field {
  if (column.type === 'vector') {
    return { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: column.width * 4, statistics: false };
  }
  return { type: PARQUET_TYPES[column.type], statistics: false, ...(column.optional && { optional: true }) };
}

function cellOf(name: string, column: Column, value: Value | undefined): unknown {
  if (value === undefined || value === null) {
    if (column.type !== 'vector' && column.optional) return null;
    throw new TypeError(`Cannot write column "${name}": got ${String(value)}, want ${column.type}`);
  }
  if (column.type !== 'vector') return value;
  if (!(value instanceof Float32Array) || value.length !== column.width) {
    throw new TypeError(`Cannot write column "${name}": want a Float32Array of ${column.width} values`);
  }
  // A copy: the writer keeps the buffer until the row group is flushed, and callers reuse theirs.
  return Buffer.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}
