import { pixelFile } from '../../data/face-set';
import { startThread } from '../../kit/streams/thread';
import type { Batch } from './batch';
import {
  batchThread,
  type BatchMemory,
  type BatchOrder,
  type BatchThreadData,
  type FilePosition,
} from './batch-thread';
import type { Samples, SourceSet } from './samples';
import type { TeacherVectors } from './teacher-vectors';

export interface BatchSource {
  readonly sources: readonly SourceSet[];
  readonly samples: Samples;
  readonly teacher?: TeacherVectors;
}

/** Which samples a batch shows, and which of them mirrored. */
export interface Views {
  readonly samples: Uint32Array;
  readonly mirrored: Uint8Array;
}

/** Reads batches of one size in a thread. */
export interface BatchReader {
  /** Several may be asked for at once. Errors as `readPixels` of the face set and `read` of the teacher vectors do. */
  read(views: Views): Promise<Batch>;
  /** The memory of a batch, for another one. Its pixels and teacher vectors are gone from here then. */
  takeBack(batch: Batch): void;
  /** Ends the thread and closes its files. */
  close(): Promise<void>;
}

export function startBatchReader(source: BatchSource): BatchReader {
  const { sources, samples, teacher } = source;
  const side = sources[0]!.faces.size;
  const dim = teacher?.dim ?? 0;
  const pixelFiles = sources.map(({ faces }) => pixelFile(faces.folder));
  const files = teacher ? [...pixelFiles, ...teacher.paths] : pixelFiles;
  const thread = startThread<BatchThreadData, BatchOrder, BatchMemory>(batchThread, { files, side, dim });
  const spare: BatchMemory[] = [];
  let closed = false;
  return {
    async read(views) {
      const count = views.samples.length;
      const memory = spare.pop() ?? newMemory(count, side, dim);
      const order = { ...memory, ...placesOf(source, views), mirrored: views.mirrored };
      const filled = await thread.ask(order, [memory.pixels.buffer, memory.teacher.buffer]).catch((error: unknown) => {
        if (closed) throw error;
        return explain(source, views, error);
      });
      const labels = Int32Array.from(views.samples, sample => samples.labels[sample]!);
      return { ...views, count, pixels: filled.pixels, labels, ...(teacher && { teacher: filled.teacher }) };
    },
    takeBack({ pixels, teacher: vectors = new Float32Array() }) {
      spare.push({ pixels, teacher: vectors } as BatchMemory);
    },
    close: () => {
      closed = true;
      return thread.close();
    },
  };
}

function newMemory(count: number, side: number, dim: number): BatchMemory {
  return { pixels: new Float32Array(count * side * side * 3), teacher: new Float32Array(count * dim) };
}

function placesOf(
  { sources, samples, teacher }: BatchSource,
  views: Views,
): { readonly faces: readonly FilePosition[]; readonly vectors: readonly FilePosition[] } {
  const faces: FilePosition[] = [];
  const vectors: FilePosition[] = [];
  for (const [i, sample] of views.samples.entries()) {
    const [set, row] = [samples.sets[sample]!, samples.rows[sample]!];
    faces.push({ file: set, position: row * sources[set]!.faces.size ** 2 * 3 });
    // The teacher's vector is that of the view which the student sees.
    if (teacher)
      vectors.push({ file: sources.length + set, position: teacher.position(set, row, views.mirrored[i] === 1) });
  }
  return { faces, vectors };
}

/** Reads a batch again, one by one, for the message of the one that fails; throws `otherwise` when none does. */
async function explain({ sources, samples, teacher }: BatchSource, views: Views, otherwise: unknown): Promise<never> {
  const pixels = new Uint8Array(sources[0]!.faces.size ** 2 * 3);
  const vector = new Float32Array(teacher?.dim ?? 0);
  for (const [i, sample] of views.samples.entries()) {
    const [set, row] = [samples.sets[sample]!, samples.rows[sample]!];
    await sources[set]!.faces.readPixels(row, pixels);
    await teacher?.read(set, row, views.mirrored[i] === 1, vector);
  }
  throw otherwise;
}
