import type { Tf } from '../engines';
import { UserError } from '../errors';
import { seededRandom } from '../math/random';
import type { Batch } from './batch';
import { clipFactor } from './clip';
import { differentiate } from './differentiate';
import { CENTRES, type Learner } from './learner';
import { GRADIENT_LIMIT, type Recipe } from './recipe';
import { updateRunningStatistics } from './running-statistics';
import { learningRateAt } from './schedule';
import { sgd } from './sgd';

/** One step, after it. Losses are before their weights but `loss`, the weighted sum. */
export interface StepReport {
  /** From 1. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  readonly learningRate: number;
  readonly loss: number;
  readonly identityLoss: number;
  readonly distillationLoss: number;
  /** Share of the batch that is nearest to its own class's centre, without margin. */
  readonly accuracy: number;
}

export interface TrainingInput {
  /** The batches of an epoch, counted from 0. */
  readonly batches: (epoch: number) => AsyncIterable<Batch>;
  /** Names samples for a person. */
  readonly describe: (samples: Uint32Array) => Promise<string>;
}

/**
 * Trains `learner` in place and reports every step. Errors with `loss-not-finite` when the loss is not a number any more.
 * Equal seed, engine and input give equal weights, bit by bit.
 */
export async function* train(
  tf: Tf,
  learner: Learner,
  recipe: Recipe,
  { batches, describe }: TrainingInput,
): AsyncGenerator<StepReport> {
  const optimizer = sgd(tf, recipe);
  try {
    for (let epoch = 0, step = 1; epoch < recipe.epochs; epoch++) {
      const learningRate = learningRateAt(epoch, recipe);
      for await (const batch of batches(epoch)) {
        const random = seededRandom(recipe.seed, 'step', step);
        const { losses, gradients, statistics } = differentiate(tf, learner, batch, recipe, random);
        const ofBackbone = gradients.filter((_, i) => learner.trained[i] !== CENTRES);
        const factor = clipFactor(tf, ofBackbone, GRADIENT_LIMIT);
        const updates = learner.trained.map((name, i) => ({
          name,
          gradient: gradients[i]!,
          ...(name !== CENTRES && { factor }),
        }));
        optimizer.step(learner.parameters, updates, learningRate);
        updateRunningStatistics(tf, learner.parameters, statistics);
        const [loss, identityLoss, distillationLoss, accuracy] = (await losses.data()) as unknown as FourNumbers;
        tf.dispose([losses, ...gradients, factor]);
        const report = { step, epoch, learningRate, loss, identityLoss, distillationLoss, accuracy };
        if (!Number.isFinite(loss)) throw await notFinite(report, batch, describe);
        yield report;
        step++;
      }
    }
  } finally {
    optimizer.dispose();
  }
}

type FourNumbers = readonly [number, number, number, number];

async function notFinite(
  { step, epoch, learningRate, loss, identityLoss, distillationLoss }: StepReport,
  batch: Batch,
  describe: TrainingInput['describe'],
): Promise<UserError> {
  return new UserError(
    `Train: the loss is ${loss} (identity ${identityLoss}, distillation ${distillationLoss}) in step ${step} of epoch ${epoch}, ` +
      `at learning rate ${learningRate}; lower the learning rate, or look at the faces of that step: ${await describe(batch.samples)}`,
    { code: 'loss-not-finite' },
  );
}
