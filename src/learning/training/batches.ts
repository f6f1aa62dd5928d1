import { seededRandom } from '../../kit/math/random';
import { numbered } from '../../kit/text/numbered';
import { AUGMENTATIONS } from '../augmentations';
import type { Augmentation } from '../augmentations/augmentation';
import { SAMPLERS } from '../samplers';
import type { Sampled, Sampler } from '../samplers/sampler';
import type { Batch } from './batch';
import { startBatchReader, type BatchSource, type Views } from './batch-reader';
import type { Recipe } from './recipe';

export type { BatchSource, Views };

/** Batches that are read while one is learnt from. Two, so that the time that one takes may vary. */
const AHEAD = 2;

/** Full batches in an epoch: the rest is not used in it, because batch normalisation needs batches of one size. */
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
    for (const views of planEpoch(source.samples, recipe, epoch, from)) {
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

/** What the sampler and the augmentations of the recipe make of an epoch: a function of seed and epoch. */
export function* planEpoch(
  samples: Sampled,
  { seed, batch, sampler, augmentations }: Pick<Recipe, 'seed' | 'batch' | 'sampler' | 'augmentations'>,
  epoch: number,
  from = 0,
): Generator<Views> {
  const chosen: Sampler = SAMPLERS.members[sampler.sampler];
  const all = chosen.order(samples, seededRandom(seed, 'order', epoch), sampler);
  const streams = numbered(augmentations.map(({ augmentation }) => augmentation));
  const changes = augmentations.map((options, i): Change => {
    const augmentation: Augmentation = AUGMENTATIONS.members[options.augmentation];
    const random = seededRandom(seed, streams[i]!, epoch);
    return faces => augmentation.plan(faces, random, options);
  });
  for (let step = 0; step < stepsPerEpoch(samples.count, batch); step++) {
    const shown = all.slice(step * batch, (step + 1) * batch);
    // Planned for the batches that are left out too: those after them must show the same views as in an epoch that was not interrupted.
    const mirrored = mirroredBy(changes, batch);
    if (step >= from) yield { samples: shown, mirrored };
  }
}

/** Plans the next batch of `faces` faces. */
type Change = (faces: number) => Uint8Array;

/** A face that is mirrored twice is as it was. */
function mirroredBy(changes: readonly Change[], faces: number): Uint8Array {
  const mirrored = new Uint8Array(faces);
  for (const change of changes) for (const [i, isMirrored] of change(faces).entries()) mirrored[i]! ^= isMirrored;
  return mirrored;
}
