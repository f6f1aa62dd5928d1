import type { Tf } from '../engines/engine';
import { seededRandom } from '../../kit/math/random';
import type { Batch } from './batch';
import { clipFactor, normsOf } from './clip';
import { differentiate } from './differentiate';
import { CENTRES, type Learner } from './learner';
import { notFinite, type FailureHelp } from './not-finite';
import { START, type TrainingPosition } from './position';
import { GRADIENT_LIMIT, type Recipe } from './recipe';
import type { Exchange } from './replicas/exchange';
import { updateRunningStatistics } from './running-statistics';
import { learningRateAt } from './schedule';
import { sgd, type Applied, type Optimizer } from './sgd';

/** One step, after it. Losses are before their weights but `loss`, the weighted sum. */
export interface StepReport extends TrainingPosition, Applied {
  readonly loss: number;
  readonly identityLoss: number;
  readonly distillationLoss: number;
  /** Share of the batch that is nearest to its own class's centre, without margin. */
  readonly accuracy: number;
  /** Euclidean norm of the gradients of the backbone, before they were clipped. */
  readonly gradientNorm: number;
  /** What they were multiplied by, 1 where they were not clipped. */
  readonly clipFactor: number;
}

export interface TrainingInput extends FailureHelp {
  /** The batches of an epoch, counted from 0, without the first `from` of them. */
  readonly batches: (epoch: number, from: number) => AsyncIterable<Batch>;
  /** Where to go on, with the learner as it was then; the start unless told. */
  readonly start?: TrainingPosition;
}

/**
 * Trains `learner` in place and reports every step; between two steps its parameters and velocities are those of the position that was
 * reported. The velocities are gone in the end. Errors with `loss-not-finite` at a loss, gradients or statistics of batch normalisation that
 * are not finite; such a step changes no weight. Equal seed, engine and input give equal weights, bit by bit.
 */
export async function* train(
  tf: Tf,
  learner: Learner,
  recipe: Recipe,
  { batches, start = START, ...failure }: TrainingInput,
  exchange?: Exchange,
): AsyncGenerator<StepReport> {
  const optimizer = sgd(tf, recipe, learner.velocities);
  const session = { tf, learner, recipe, optimizer, failure, exchange };
  try {
    for (let { step, epoch, batch } = start; epoch < recipe.epochs; epoch++, batch = 0) {
      const scheduled = learningRateAt(epoch, recipe);
      for await (const views of batches(epoch, batch)) {
        yield await learn(session, { step: ++step, epoch, batch: ++batch }, scheduled, views);
      }
    }
  } finally {
    optimizer.dispose();
  }
}

interface Session {
  readonly tf: Tf;
  readonly learner: Learner;
  readonly recipe: Recipe;
  readonly optimizer: Optimizer;
  readonly failure: FailureHelp;
  readonly exchange: Exchange | undefined;
}

async function learn(
  { tf, learner, recipe, optimizer, failure, exchange }: Session,
  at: TrainingPosition,
  scheduled: number,
  batch: Batch,
): Promise<StepReport> {
  const random = seededRandom(recipe.seed, 'step', at.step);
  const { losses, gradients, statistics } = differentiate(tf, learner, batch, recipe, random, exchange);
  const moments = [...statistics.values()].flatMap(({ mean, variance }) => [mean, variance]);
  // One tensor, so that engines with a memory of their own are waited for once. The centres' gradients are last, and not clipped.
  const measured = tf.tidy(() => {
    return tf.concat([losses, normsOf(tf, gradients, gradients.length - 1), normsOf(tf, moments, moments.length)]);
  });
  try {
    const values = (await measured.data()) as unknown as Measured;
    const [loss, identityLoss, distillationLoss, accuracy, ofBackbone, ofCentres, ofStatistics] = values;
    const found = { ...at, loss, identityLoss, distillationLoss, accuracy };
    if (![loss, ofBackbone, ofCentres, ofStatistics].every(Number.isFinite)) {
      const norms = { ofBackbone, ofCentres, ofStatistics };
      throw await notFinite({ ...found, learningRate: scheduled, norms }, learner, batch, failure);
    }
    const factor = clipFactor(ofBackbone, GRADIENT_LIMIT);
    const updates = learner.trained.map((name, i) => ({
      name,
      gradient: gradients[i]!,
      ...(name !== CENTRES && { factor }),
    }));
    const applied = optimizer.step(learner.parameters, updates, scheduled);
    updateRunningStatistics(tf, learner.parameters, statistics);
    return { ...found, ...applied, gradientNorm: ofBackbone, clipFactor: factor };
  } finally {
    tf.dispose([losses, measured, ...gradients, ...moments]);
  }
}

type Measured = readonly [number, number, number, number, number, number, number];
