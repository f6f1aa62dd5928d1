import type { FaceRow, FaceSet } from '../../data/face-set';
import type { PairList } from '../../data/pair-list';
import { dotProduct, embedViews, normalise } from '../../embedding/views/embed-views';
import type { Recogniser } from '../../embedding/recogniser/onnx-recogniser';
import { viewsCancel } from '../../embedding/recogniser/recogniser-faults';

/** The outcome of comparing the pairs of a list. */
export interface ComparedPairs {
  /** Cosine by pair, float32, -1..1; NaN where a face is missing. */
  readonly scores: Float32Array;
  /** Row in the face set by slot of the pair list; -1 for a photograph that gave no face. */
  readonly rowOf: Int32Array;
  /** The identity that the face set has for it, by slot; empty for a photograph that gave no face. */
  readonly identities: readonly string[];
}

export interface ComparePairsOptions {
  readonly faces: FaceSet;
  readonly pairs: PairList;
  readonly recogniser: Recogniser;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/**
 * Embeds each face that occurs in a pair once, and compares the pairs. An embedding is that of the face plus that of its mirror
 * image, both raw, and then L2-normalised (arcface_torch/eval/verification.py).
 *
 * Holds one float32 vector for each face in a pair: pairs come in any order, and a test set is bounded (RFW: 44 332 photographs
 * of 512 values are 91 MB). Pixels are streamed.
 */
export async function comparePairs({
  faces,
  pairs,
  recogniser,
  signal,
  onProgress,
}: ComparePairsOptions): Promise<ComparedPairs> {
  const { dim, file } = recogniser;
  const vectors = new Float32Array(pairs.paths.length * dim);
  const vector = (slot: number): Float32Array => vectors.subarray(slot * dim, (slot + 1) * dim);
  const rowOf = new Int32Array(pairs.paths.length).fill(-1);
  const identities = new Array<string>(pairs.paths.length).fill('');
  let done = 0;
  await embedViews({
    faces,
    rows: facesInPairs(faces, pairs),
    recogniser,
    signal,
    write: async batch => {
      for (const [i, face] of batch.faces.entries()) {
        const slot = pairs.slotOf(face.path)!;
        const sum = vector(slot);
        const view = (views: Float32Array): Float32Array => views.subarray(i * dim, (i + 1) * dim);
        addViews(view(batch.original), view(batch.mirrored), sum, `face ${face.row} (${face.path}) with ${file}`);
        normalise(sum, face, file);
        rowOf[slot] = face.row;
        identities[slot] = face.identity;
      }
      onProgress((done += batch.faces.length));
      await Promise.resolve();
    },
  });
  const missing = (slot: number): boolean => rowOf[slot] === -1;
  const scores = Float32Array.from(pairs.a, (a, pair) => {
    const b = pairs.b[pair]!;
    // Rounding may carry the product of two unit vectors past 1.
    return missing(a) || missing(b) ? NaN : Math.max(-1, Math.min(1, dotProduct(vector(a), vector(b))));
  });
  return { scores, rowOf, identities };
}

/** Errors with `bad-embedding` when each of two views has a direction and their sum has none. */
function addViews(original: Float32Array, mirrored: Float32Array, sum: Float32Array, where: string): void {
  for (let k = 0; k < sum.length; k++) sum[k] = original[k]! + mirrored[k]!;
  if (sum.every(value => value === 0) && original.some(value => value !== 0)) throw viewsCancel(where);
}

/** In the order of the face set. */
export async function* facesInPairs(faces: FaceSet, pairs: PairList): AsyncGenerator<FaceRow> {
  for await (const face of faces.rows()) if (pairs.slotOf(face.path) !== undefined) yield face;
}
