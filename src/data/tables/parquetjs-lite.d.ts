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
  export interface RowGroup {
    readonly num_rows: { valueOf(): number };
    readonly columns: readonly { readonly meta_data: ColumnMetadata }[];
  }
  export interface ColumnMetadata {
    readonly path_in_schema: readonly string[];
    /** 0: not compressed. */
    readonly codec: number;
    readonly data_page_offset: { valueOf(): number };
    readonly dictionary_page_offset: { valueOf(): number } | null;
  }
  export class ParquetReader {
    static openFile(path: string): Promise<ParquetReader>;
    readonly schema: ParquetSchema;
    readonly metadata: { readonly row_groups: readonly RowGroup[] };
    readonly envelopeReader: {
      fileSize: number;
      read(position: number, length: number): Promise<Buffer>;
    };
    getCursor(columns?: readonly string[]): ParquetCursor;
    getRowCount(): number | bigint | { valueOf(): number };
    getMetadata(): Record<string, string>;
    close(): Promise<void>;
  }
}

declare module 'parquetjs-lite/lib/util' {
  /** Returns how many bytes were decoded. */
  export function decodeThrift(into: object, bytes: Buffer): number;
}

declare module 'parquetjs-lite/gen-nodejs/parquet_types' {
  export class PageHeader {
    readonly compressed_page_size: number;
    /** Null in a page of another kind. */
    readonly data_page_header_v2: {
      readonly num_values: number;
      /** 0: plain. */
      readonly encoding: number;
      readonly definition_levels_byte_length: number;
      readonly repetition_levels_byte_length: number;
    } | null;
  }
}
