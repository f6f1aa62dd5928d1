/** What one training step sees. `pixels` and `teacher` may be lent, and gone when the next batch is asked for. */
export interface Batch {
  readonly count: number;
  /** [count, size, size, 3], (value - 127.5) / 127.5, mirrored where `mirrored` is 1. */
  readonly pixels: Float32Array;
  /** Class of each face. */
  readonly labels: Int32Array;
  /** Teacher embeddings [count, dimensions] of the very views in `pixels`; undefined without distillation. */
  readonly teacher?: Float32Array;
  /** Which samples these are. */
  readonly samples: Uint32Array;
  readonly mirrored: Uint8Array;
}
