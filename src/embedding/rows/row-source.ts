import type { FaceEmbeddings } from '../../data/embedding-set';

/** Rows that need not be computed. */
export interface RowSource {
  /** Of every row, in order. */
  keys(): Iterable<string> | AsyncIterable<string>;
  /** @param rows ascending. Undefined for one that turns out to be damaged. */
  read(rows: readonly number[]): Promise<readonly (FaceEmbeddings | undefined)[]>;
  close(): Promise<void>;
}

export type Warn = (text: string) => void;
