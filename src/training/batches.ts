import { permutation, seededRandom } from '../math/random';
import type { Batch } from './batch';
import type { Recipe } from './recipe';
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

/** Full batches in an epoch: what is left over is not used in it, because batch normalisation needs batches of one size. */
export function stepsPerEpoch(count: number, batch: number): number {
  return Math.floor(count / batch);
}

/** The batches of an epoch in an order of its own. The next one is read while the present one is learnt from. */
export async function* readBatches(source: BatchSource, recipe: Recipe, epoch: number): AsyncGenerator<Batch> {
  let next: Promise<Batch> | undefined;
  try {
    for (const views of planEpoch(source.samples.count, recipe, epoch)) {
      const present = next;
      next = readBatch(source, views);
      // Its error is thrown when the batch is wanted; until then it must not count as unhandled, which would end the process.
      next.catch(() => undefined);
      if (present) yield await present;
    }
    if (next) yield await next;
    next = undefined;
  } finally {
    // Nobody may close the files while they are read.
    await next?.catch(() => undefined);
  }
}

/** Each sample at most once, and mirrored with probability 1/2 where the recipe says so; a function of seed and epoch. */
export function* planEpoch(
  count: number,
  { seed, batch, flip }: Pick<Recipe, 'seed' | 'batch' | 'flip'>,
  epoch: number,
): Generator<Views> {
  const order = permutation(count, seededRandom(seed, 'order', epoch));
  const coin = seededRandom(seed, 'flip', epoch);
  for (let step = 0; step < stepsPerEpoch(count, batch); step++) {
    const samples = order.slice(step * batch, (step + 1) * batch);
    yield { samples, mirrored: Uint8Array.from(samples, () => (flip && coin.uniform() < 0.5 ? 1 : 0)) };
  }
}

async function readBatch({ sources, samples, teacher }: BatchSource, views: Views): Promise<Batch> {
  const count = views.samples.length;
  const side = sources[0]!.faces.size;
  const values = side * side * 3;
  const octets = new Uint8Array(count * values);
  const vectors = teacher && new Float32Array(count * teacher.dim);
  await Promise.all(
    Array.from(views.samples, async (sample, i) => {
      const [set, row] = [samples.sets[sample]!, samples.rows[sample]!];
      await Promise.all([
        sources[set]!.faces.readPixels(row, octets.subarray(i * values, (i + 1) * values)),
        // The teacher's vector is that of the view which the student sees.
        teacher?.read(set, row, views.mirrored[i] === 1, vectors!.subarray(i * teacher.dim)),
      ]);
    }),
  );
  const pixels = new Float32Array(count * values);
  for (let i = 0; i < count; i++) {
    const [from, to] = [octets.subarray(i * values, (i + 1) * values), pixels.subarray(i * values, (i + 1) * values)];
    if (views.mirrored[i] === 1) normaliseMirrored(from, to, side);
    else normalise(from, to);
  }
  const labels = Int32Array.from(views.samples, sample => samples.labels[sample]!);
  return { count, pixels, labels, ...views, ...(vectors && { teacher: vectors }) };
}

/** 0..255 to -1..1. */
function normalise(octets: Uint8Array, into: Float32Array): void {
  for (let i = 0; i < octets.length; i++) into[i] = (octets[i]! - 127.5) / 127.5;
}

function normaliseMirrored(octets: Uint8Array, into: Float32Array, side: number): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const from = (row * side + side - 1 - column) * 3;
      const to = (row * side + column) * 3;
      for (let channel = 0; channel < 3; channel++) into[to + channel] = (octets[from + channel]! - 127.5) / 127.5;
    }
  }
}
