import type { Tensor } from '@tensorflow/tfjs-core';
import { openEngine } from '../../engines/start-engine';
import type { EngineName } from '../../engines';
import type { Tf } from '../../engines/engine';
import { UserError } from '../../../errors';
import type { Weights } from '../../networks';
import type { Batch } from '../batch';
import type { Learner } from '../learner';
import { train, type StepReport, type TrainingInput } from '../loop';
import { START } from '../position';
import type { Recipe } from '../recipe';
import { reportedOf, termsOf } from '../terms';
import { joinExchange, ReplicaStopped, shareMemory } from './exchange';
import { startOthers, type OtherReplicas } from './other-replicas';
import { shardOf } from './shard';

export interface Replication {
  /** How many there are, with the one that runs in this thread; 1 by default. */
  readonly replicas?: number;
  readonly engine: EngineName;
  /** Options for Node in the other threads. */
  readonly execArgv?: readonly string[];
}

/**
 * Throws `UserError` replicas-unavailable when the engine has no use for several, batch-not-divisible when they would not get equally
 * many faces.
 */
export async function refuseReplicas({ batch }: Recipe, { replicas = 1, engine }: Replication): Promise<void> {
  if (replicas > 1 && (await openEngine(engine)).occupies !== 'core') {
    throw new UserError(
      `Train with ${replicas} replicas: the engine ${engine} uses every core, or a GPU, by itself; ` +
        'set `replicas: 1` in the stage, or choose an engine that uses one core',
      { code: 'replicas-unavailable' },
    );
  }
  if (batch % replicas !== 0) {
    throw new UserError(
      `Train with ${replicas} replicas: a batch of ${batch} faces cannot be divided equally among them; ` +
        `set \`batch\` to ${Math.ceil(batch / replicas) * replicas}, or choose another number of replicas`,
      { code: 'batch-not-divisible' },
    );
  }
}

/**
 * `train` in several threads with a part of every batch each, which changes its results by rounding only. Statistics of batch
 * normalisation and gradients are those of the whole batch; all replicas have the same weights, bit by bit, and `learner` is one's.
 * Errors as `train` and `refuseReplicas` do, and with what a replica threw.
 */
export async function* trainReplicas(
  tf: Tf,
  learner: Learner,
  recipe: Recipe,
  input: TrainingInput,
  replication: Replication,
): AsyncGenerator<StepReport> {
  await refuseReplicas(recipe, replication);
  const { replicas: count = 1, engine, execArgv } = replication;
  if (count === 1) {
    yield* train(tf, learner, recipe, input);
    return;
  }
  const memory = shareMemory(count, sizesOf(learner, recipe));
  const exchange = joinExchange(memory, 0);
  const { backbone, classes, trained } = learner;
  const parameters = valuesOf(learner.parameters);
  const slots = Object.fromEntries(Object.entries(learner.slots).map(([name, slot]) => [name, valuesOf(slot)]));
  const { start = START, stepsAnEpoch } = input;
  const common = { engine, recipe, backbone, classes, trained, parameters, slots, start, stepsAnEpoch, memory };
  const data = Array.from({ length: count - 1 }, (_, i) => ({ ...common, index: i + 1 }));
  const others = await startOthers(data, { ...(execArgv && { execArgv }), onFailure: exchange.stop });
  const batches: TrainingInput['batches'] = (epoch, from) => handOut(input.batches(epoch, from), others, count);
  try {
    yield* train(tf, learner, recipe, { ...input, batches }, exchange);
  } catch (error) {
    if (!(error instanceof ReplicaStopped)) throw error;
    await others.close();
    throw others.failure() ?? error;
  } finally {
    // One may wait for this one, which throws or is not wanted any more.
    exchange.stop();
    await others.close();
  }
}

/** Sends the parts of every batch to the others, and gives the first. */
async function* handOut(batches: AsyncIterable<Batch>, others: OtherReplicas, count: number): AsyncGenerator<Batch> {
  for await (const whole of batches) {
    for (let index = 1; index < count; index++) {
      const batch = shardOf(whole, { index, count });
      others.send(index, { batch }, [batch.pixels.buffer as ArrayBuffer]);
    }
    yield shardOf(whole, { index: 0, count });
  }
  for (let index = 1; index < count; index++) others.send(index, 'epoch-over');
}

/** Values that are exchanged at once: two for each channel of a batch normalisation; what is reported and all gradients. */
function sizesOf({ parameters, trained }: Learner, { terms }: Recipe): { small: number; large: number } {
  const tensors = trained.map(({ name }) => parameters.get(name)!);
  const channels = tensors.filter(({ rank }) => rank === 1).map(({ size }) => size);
  const reported = reportedOf(termsOf(terms));
  const large = tensors.reduce((sum, { size }) => sum + size, 1 + reported.terms.length + reported.measures.length);
  return { small: 2 * Math.max(0, ...channels), large };
}

function valuesOf(tensors: ReadonlyMap<string, Tensor>): Weights {
  return new Map(
    [...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, values: tensor.dataSync<'float32'>() }]),
  );
}
