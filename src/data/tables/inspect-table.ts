import { ParquetReader } from 'parquetjs-lite';
import { UserError, messageOf } from '../../errors';
import type { Column } from './table';

/** What a Parquet file says about itself. */
export interface TableSummary {
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ColumnSummary {
  readonly name: string;
  /** In words: `string`, `vector of 512 float32`, `INT96`. */
  readonly type: string;
  /** How `readTable` is asked for it; null for a type that it does not read. */
  readonly column: Column | null;
}

/** Reads columns and number of rows, but no row. Errors with `bad-table` (a `UserError`). */
export async function inspectTable(path: string): Promise<TableSummary> {
  let reader: ParquetReader | undefined;
  try {
    reader = await ParquetReader.openFile(path);
    const columns = Object.entries(reader.schema.fields).map(([name, field]) => describe(name, field));
    return { rows: Number(reader.getRowCount()), columns, metadata: reader.getMetadata() };
  } catch (error) {
    const message = `Cannot read table ${path}: it cannot be read as Parquet: ${messageOf(error)}`;
    throw new UserError(message, { code: 'bad-table', cause: error });
  } finally {
    await reader?.close();
  }
}

const SCALARS: Readonly<Record<string, 'string' | 'int' | 'float' | 'double' | 'boolean'>> = {
  BYTE_ARRAY: 'string',
  INT32: 'int',
  FLOAT: 'float',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
};

function describe(name: string, field: ParquetReader['schema']['fields'][string]): ColumnSummary {
  const { primitiveType, typeLength = 0, repetitionType } = field;
  if (primitiveType === 'FIXED_LEN_BYTE_ARRAY' && typeLength > 0 && typeLength % 4 === 0) {
    return { name, type: `vector of ${typeLength / 4} float32`, column: { type: 'vector', width: 0 } };
  }
  const scalar = repetitionType === 'REPEATED' ? undefined : SCALARS[primitiveType];
  if (scalar === undefined) return { name, type: primitiveType, column: null };
  const optional = repetitionType === 'OPTIONAL';
  return {
    name,
    type: optional ? `${scalar}, may be missing` : scalar,
    column: { type: scalar, ...(optional && { optional }) },
  };
}
