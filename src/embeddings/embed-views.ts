import { UserError } from '../errors';
import type { FaceRow, FaceSet } from '../faces/face-set';
import { forEachPooled } from '../streams/for-each-pooled';
import type { FaceView } from './face-tensor';
import type { Recogniser } from './onnx-recogniser';

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

/**
 * Embeds both views of faces. Pixels of the next batch are read while the model computes: reads run on other threads, although
 * the model blocks this one. Holds two batches, however many faces there are.
 */
export async function embedViews({ faces, rows, recogniser, signal, write }: EmbedViewsOptions): Promise<void> {
  const { batch, dim } = recogniser;
  // A whole number of runs, and not so few faces that the bookkeeping shows.
  const perBatch = batch * Math.ceil(32 / batch);
  await forEachPooled(
    inBatches(rows, perBatch),
    2,
    async batchRows => {
      signal.throwIfAborted();
      return { batchRows, pixels: await Promise.all(batchRows.map(({ row }) => readFace(faces, row))) };
    },
    async ({ batchRows, pixels }) => {
      const embed = async (mirrored: boolean): Promise<Float32Array> => {
        const embeddings = new Float32Array(batchRows.length * dim);
        await recogniser.embed(
          pixels.map((face): FaceView => ({ pixels: face, mirrored })),
          embeddings,
        );
        return embeddings;
      };
      await write({ faces: batchRows, original: await embed(false), mirrored: await embed(true) });
    },
  );
}

/** Divides an embedding by its norm, in place, and returns the norm. Errors with `bad-embedding` when it has no direction. */
export function normalise(embedding: Float32Array, face: FaceRow, file: string): number {
  let squares = 0;
  for (const value of embedding) squares += value * value;
  const norm = Math.sqrt(squares);
  if (!(norm > 0 && Number.isFinite(norm))) {
    throw new UserError(
      `Cannot embed face ${face.row} (${face.path}) with ${file}: the norm of its embedding is ${norm}, want a positive number; ` +
        'check that the model was exported well and that `mean` and `scale` are those it was trained with',
      { code: 'bad-embedding' },
    );
  }
  for (let i = 0; i < embedding.length; i++) embedding[i]! /= norm;
  return norm;
}

/** Dot product; the cosine, for unit vectors. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

async function readFace(faces: FaceSet, row: number): Promise<Uint8Array> {
  const pixels = new Uint8Array(faces.size * faces.size * 3);
  await faces.readPixels(row, pixels);
  return pixels;
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
