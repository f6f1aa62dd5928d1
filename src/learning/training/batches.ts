import { permutation, seededRandom } from '../../kit/math/random';
import type { Batch } from './batch';
import { startBatchReader, type BatchSource, type Views } from './batch-reader';
import type { Recipe } from './recipe';

export type { BatchSource, Views };

/** Batches that are read while one is learnt from. Two, so that the time that one takes may vary. */
const AHEAD = 2;

/** Full batches in an epoch: what is left over is not used in it, because batch normalisation needs batches of one size. */
export function stepsPerEpoch(count: number, batch: number): number {
  return Math.floor(count / batch);
}

/**
 * The batches of an epoch in an order of its own, read in a thread of their own, so that an engine that blocks this one does not
 * hold them up. A batch is lent: its pixels and teacher vectors are gone when the next one is asked for.
 * @param from batches of the epoch to leave out at its start
 */
export async function* readBatches(
  source: BatchSource,
  recipe: Recipe,
  epoch: number,
  from = 0,
): AsyncGenerator<Batch> {
  if (stepsPerEpoch(source.samples.count, recipe.batch) <= from) return;
  const reader = startBatchReader(source);
  const underWay: Promise<Batch>[] = [];
  const lend = async function* (): AsyncGenerator<Batch> {
    const batch = await underWay.shift()!;
    yield batch;
    reader.takeBack(batch);
  };
  try {
    for (const views of planEpoch(source.samples.count, recipe, epoch, from)) {
      const batch = reader.read(views);
      // Its error is thrown when the batch is wanted; until then it must not count as unhandled, which would end the process.
      batch.catch(() => undefined);
      underWay.push(batch);
      if (underWay.length > AHEAD) yield* lend();
    }
    while (underWay.length > 0) yield* lend();
  } finally {
    // Before somebody removes the files.
    await reader.close();
    await Promise.allSettled(underWay);
  }
}

/** Each sample at most once, and mirrored with probability 1/2 where the recipe says so; a function of seed and epoch. */
export function* planEpoch(
  count: number,
  { seed, batch, flip }: Pick<Recipe, 'seed' | 'batch' | 'flip'>,
  epoch: number,
  from = 0,
): Generator<Views> {
  const order = permutation(count, seededRandom(seed, 'order', epoch));
  const coin = seededRandom(seed, 'flip', epoch);
  for (let step = 0; step < stepsPerEpoch(count, batch); step++) {
    const samples = order.slice(step * batch, (step + 1) * batch);
    // Thrown for the batches that are left out too, or those after them would see other views.
    const mirrored = Uint8Array.from(samples, () => (flip && coin.uniform() < 0.5 ? 1 : 0));
    if (step >= from) yield { samples, mirrored };
  }
}
