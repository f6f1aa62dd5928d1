/** The part of parquetjs-lite that we use; the package ships no types. */
declare module 'parquetjs-lite' {
  export interface Field {
    type: string;
    typeLength?: number;
    optional?: boolean;
    statistics?: boolean;
    compression?: string;
  }
  export class ParquetSchema {
    constructor(fields: Record<string, Field>);
    readonly fields: Record<string, { primitiveType: string; typeLength?: number; repetitionType: string }>;
  }
  export class ParquetWriter {
    static openFile(schema: ParquetSchema, path: string, options?: { rowGroupSize?: number }): Promise<ParquetWriter>;
    setMetadata(key: string, value: string): void;
    appendRow(row: Record<string, unknown>): Promise<void>;
    close(): Promise<void>;
  }
  export interface ParquetCursor {
    /** Of the row group that is read next. */
    rowGroupIndex: number;
    nextRowGroup(): Promise<Record<string, unknown>[] | null>;
  }
  export class ParquetReader {
    static openFile(path: string): Promise<ParquetReader>;
    readonly schema: ParquetSchema;
    readonly metadata: { readonly row_groups: readonly { readonly num_rows: { valueOf(): number } }[] };
    getCursor(columns?: readonly string[]): ParquetCursor;
    getRowCount(): number | bigint | { valueOf(): number };
    getMetadata(): Record<string, string>;
    close(): Promise<void>;
  }
}
