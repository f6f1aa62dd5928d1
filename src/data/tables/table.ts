/** A value in a table. A vector is float32; integers are JavaScript safe integers within 32 bits. */
export type Value = string | number | boolean | Float32Array | null;
export type Row = Readonly<Record<string, Value>>;

/**
 * Type of a column. `vector` is stored as FIXED_LEN_BYTE_ARRAY of `4 * width` bytes, little-endian float32: the only layout
 * that every Parquet reader takes and that costs one copy a row.
 */
export type Column =
  | { readonly type: 'string' | 'int' | 'float' | 'double' | 'boolean'; readonly optional?: true }
  | { readonly type: 'vector'; readonly width: number };

export type Columns = Readonly<Record<string, Column>>;
