/** Both embeddings of a face as an embedding set keeps them. */
export interface FaceEmbeddings {
  /** Of the face: sha256 of its pixels, hex. */
  readonly key: string;
  /** L2-normalised. */
  readonly embedding: Float32Array;
  /** Of the mirror image. */
  readonly embeddingFlipped: Float32Array;
  /** Norms before normalisation, rounded to float32: what is read back must be what was written. */
  readonly norm: number;
  readonly normFlipped: number;
}

/** Rows that need not be computed. */
export interface RowSource {
  /** Of every row, in order. */
  keys(): Iterable<string> | AsyncIterable<string>;
  /** @param rows ascending. Undefined for one that turns out to be damaged. */
  read(rows: readonly number[]): Promise<readonly (FaceEmbeddings | undefined)[]>;
  close(): Promise<void>;
}

/** What embeddings must agree in to be those of one teacher. */
export interface TeacherTraits {
  readonly dim: number;
  /** Digest of the model file, hex. */
  readonly teacherSha256: string;
  /** Of `Preprocessing`: JSON. */
  readonly preprocessing: string;
}

export type Warn = (text: string) => void;
