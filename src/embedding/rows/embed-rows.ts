import type { FaceRow, FaceSet } from '../../data/face-set';
import { embedViews, normalise, type EmbeddedFaces } from '../views/embed-views';
import type { KnownEmbeddings } from './known-embeddings';
import type { Recogniser } from '../recogniser/onnx-recogniser';
import type { FaceEmbeddings } from '../../data/embedding-set';

export interface EmbedRowsOptions {
  readonly faces: FaceSet;
  readonly recogniser: Recogniser;
  readonly known: KnownEmbeddings;
  readonly signal: AbortSignal;
  /** Called with what was computed, a batch at a time and before it is written; its arrays stay as they are. */
  readonly keep: (computed: readonly FaceEmbeddings[]) => Promise<void>;
  /** Called for every face in order. */
  readonly write: (face: FaceRow, embeddings: FaceEmbeddings) => Promise<void>;
  readonly onProgress: (done: number) => void;
}

/** Faces whose known embeddings are read at once. */
const WINDOW = 2048;

/**
 * Embeds both views of every face of a set whose embeddings are not known: only those go through the model, in full batches however
 * they are scattered. Returns how many were known. Holds a few batches and the embeddings of 2,048 faces.
 */
export async function embedRows(options: EmbedRowsOptions): Promise<number> {
  const { faces, recogniser, known, signal, keep, write, onProgress } = options;
  // The model's rows run ahead; these are written as soon as those before them are.
  const rows = faces.rows()[Symbol.asyncIterator]();
  let [done, reused] = [0, 0];

  const writeUntil = async (end: number, computed: ReadonlyMap<number, FaceEmbeddings>): Promise<void> => {
    while (done < end) {
      signal.throwIfAborted();
      const window = await take(rows, Math.min(WINDOW, end - done));
      const old = await readKnown(window, computed);
      for (const face of window) {
        const taken = old.get(face.row);
        if (taken) reused++;
        await write(face, computed.get(face.row) ?? taken ?? (await embedOne(face)));
      }
      onProgress((done += window.length));
    }
  };

  const readKnown = async (
    window: readonly FaceRow[],
    computed: ReadonlyMap<number, FaceEmbeddings>,
  ): Promise<Map<number, FaceEmbeddings>> => {
    const wanted = window.filter(({ row }) => !computed.has(row));
    const read = await known.read(wanted.map(({ key }) => key));
    return new Map(wanted.flatMap(({ row }, i) => (read[i] ? [[row, read[i]] as const] : [])));
  };

  /** What turned out to be damaged. */
  const embedOne = async (face: FaceRow): Promise<FaceEmbeddings> => {
    const found: FaceEmbeddings[] = [];
    await embedViews({
      faces,
      rows: only(face),
      recogniser,
      signal,
      write: async batch => {
        found.push(...unitEmbeddings(batch, recogniser));
        await keep(found);
      },
    });
    return found[0]!;
  };

  try {
    await embedViews({
      faces,
      rows: unknown(faces, known),
      recogniser,
      signal,
      write: async batch => {
        const computed = unitEmbeddings(batch, recogniser);
        await keep(computed);
        await writeUntil(batch.faces.at(-1)!.row + 1, new Map(batch.faces.map(({ row }, i) => [row, computed[i]!])));
      },
    });
    await writeUntil(faces.count, new Map());
  } finally {
    await rows.return?.();
  }
  return reused;
}

function unitEmbeddings({ faces, original, mirrored }: EmbeddedFaces, { dim, file }: Recogniser): FaceEmbeddings[] {
  return faces.map((face, i) => {
    const embedding = original.subarray(i * dim, (i + 1) * dim);
    const embeddingFlipped = mirrored.subarray(i * dim, (i + 1) * dim);
    const norm = Math.fround(normalise(embedding, face, file));
    const normFlipped = Math.fround(normalise(embeddingFlipped, face, file));
    return { key: face.key, embedding, embeddingFlipped, norm, normFlipped };
  });
}

async function* unknown(faces: FaceSet, known: KnownEmbeddings): AsyncGenerator<FaceRow> {
  for await (const face of faces.rows()) if (!known.has(face.key)) yield face;
}

async function* only(face: FaceRow): AsyncGenerator<FaceRow> {
  yield await Promise.resolve(face);
}

async function take(rows: AsyncIterator<FaceRow>, count: number): Promise<FaceRow[]> {
  const taken: FaceRow[] = [];
  while (taken.length < count) {
    const next = await rows.next();
    if (next.done === true) throw new RangeError(`A face set has ${count - taken.length} rows less than it says`);
    taken.push(next.value);
  }
  return taken;
}
