import type { FaceRow, FaceSet } from '../../data/face-set';
import { forEachPooled } from '../../kit/streams/for-each-pooled';
import type { FaceView } from '../recogniser/face-tensor';
import type { Recogniser } from '../recogniser/onnx-recogniser';
import { noDirection } from '../recogniser/recogniser-faults';

/** Raw embeddings of some faces and of their mirror images: face i at [i * dim, (i + 1) * dim). */
export interface EmbeddedFaces {
  readonly faces: readonly FaceRow[];
  readonly original: Float32Array;
  readonly mirrored: Float32Array;
}

export interface EmbedViewsOptions {
  readonly faces: FaceSet;
  /** Which faces, in the order in which they are written. */
  readonly rows: AsyncIterable<FaceRow>;
  readonly recogniser: Recogniser;
  readonly signal: AbortSignal;
  /** Called with one batch at a time; the next one starts when it resolves. */
  readonly write: (batch: EmbeddedFaces) => Promise<void>;
}

/** While one batch is in the model, the next one waits for it, ready, and the one before is written. */
const UNDER_WAY = 3;

/**
 * Embeds both views of faces. Reading, preparing and writing continue while the model computes, so that it never waits for them as
 * long as they take less time. Holds three batches, however many faces there are.
 */
export async function embedViews({ faces, rows, recogniser, signal, write }: EmbedViewsOptions): Promise<void> {
  const { batch, dim } = recogniser;
  // A whole number of runs, and not so few faces that the bookkeeping shows.
  const perBatch = batch * Math.ceil(32 / batch);
  const bytes = faces.size * faces.size * 3;
  const spare: Uint8Array[] = [];
  await forEachPooled(
    inBatches(rows, perBatch),
    UNDER_WAY,
    async batchRows => {
      signal.throwIfAborted();
      const pixels = spare.pop() ?? new Uint8Array(perBatch * bytes);
      await readFaces(faces, batchRows, pixels);
      const embed = async (mirrored: boolean): Promise<Float32Array> => {
        const embeddings = new Float32Array(batchRows.length * dim);
        await recogniser.embed(
          batchRows.map((_, i): FaceView => ({ pixels: pixels.subarray(i * bytes, (i + 1) * bytes), mirrored })),
          embeddings,
        );
        return embeddings;
      };
      const original = await embed(false);
      signal.throwIfAborted();
      const embedded = { faces: batchRows, original, mirrored: await embed(true) };
      spare.push(pixels);
      return embedded;
    },
    write,
  );
}

/** Divides an embedding by its norm, in place, and returns the norm. Errors with `bad-embedding` when it has no direction. */
export function normalise(embedding: Float32Array, face: FaceRow, file: string): number {
  let squares = 0;
  for (const value of embedding) squares += value * value;
  const norm = Math.sqrt(squares);
  if (!(norm > 0 && Number.isFinite(norm))) {
    throw noDirection(norm, `face ${face.row} (${face.path}) with ${file}`);
  }
  for (let i = 0; i < embedding.length; i++) embedding[i]! /= norm;
  return norm;
}

/** Dot product; the cosine, for unit vectors. */
export function dotProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** With one read for each run of neighbours, which are one behind the other on disk. */
async function readFaces(faces: FaceSet, rows: readonly FaceRow[], into: Uint8Array): Promise<void> {
  const bytes = faces.size * faces.size * 3;
  for (let start = 0, end = 1; start < rows.length; start = end++) {
    while (end < rows.length && rows[end]!.row === rows[end - 1]!.row + 1) end++;
    await faces.readPixels(rows[start]!.row, into.subarray(start * bytes), end - start);
  }
}

async function* inBatches(rows: AsyncIterable<FaceRow>, size: number): AsyncGenerator<FaceRow[]> {
  let batch: FaceRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
