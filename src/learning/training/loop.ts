import type { Tf } from '../engines/engine';
import { seededRandom } from '../../kit/math/random';
import type { Batch } from './batch';
import { clipFactor, normsOf } from './clip';
import { differentiate } from './differentiate';
import type { Learner } from './learner';
import { notFinite, type FailedStep, type FailureHelp } from './not-finite';
import { OPTIMISERS } from '../optimisers';
import type { Optimiser } from '../optimisers/optimiser';
import { SCHEDULES } from '../schedules';
import type { Schedule } from '../schedules/schedule';
import { START, type TrainingPosition } from './position';
import type { Recipe } from './recipe';
import type { Exchange } from './replicas/exchange';
import { updateRunningStatistics } from './running-statistics';
import { reportedOf, termsOf, type Reported, type Term } from './terms';

/** One step, after it. */
export interface StepReport extends TrainingPosition {
  /** The weighted sum of the terms. */
  readonly loss: number;
  /** Each before its weight, by its name. */
  readonly terms: Readonly<Record<string, number>>;
  /** What the terms measure beside that, such as the `accuracy` of a head. */
  readonly measures: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** Euclidean norm of the gradients that are clipped, before they were: those of the backbone. */
  readonly gradientNorm: number;
  /** What they were multiplied by, 1 where they were not clipped. */
  readonly clipFactor: number;
}

export interface TrainingInput extends FailureHelp {
  /** The batches of an epoch, counted from 0, without the first `from` of them. */
  readonly batches: (epoch: number, from: number) => AsyncIterable<Batch>;
  /** Batches of a whole epoch. */
  readonly stepsAnEpoch: number;
  /** Where to resume, with the learner as it was then; the start by default. */
  readonly start?: TrainingPosition;
}

/**
 * Trains `learner` in place and reports every step; between two steps its parameters and slots are those of the position that was
 * reported. The slots are empty in the end. Errors with `loss-not-finite` at a loss, gradients or statistics of batch normalisation that
 * are not finite; such a step changes no weight. Equal seed, engine and input give equal weights, bit by bit.
 */
export async function* train(
  tf: Tf,
  learner: Learner,
  recipe: Recipe,
  { batches, stepsAnEpoch, start = START, ...failure }: TrainingInput,
  exchange?: Exchange,
): AsyncGenerator<StepReport> {
  const terms = termsOf(recipe.terms);
  const session = { tf, learner, recipe, stepsAnEpoch, terms, reported: reportedOf(terms), failure, exchange };
  try {
    for (let { step, epoch, batch } = start; epoch < recipe.epochs; epoch++, batch = 0) {
      for await (const views of batches(epoch, batch)) {
        yield await learn(session, { step: ++step, epoch, batch: ++batch }, views);
      }
    }
  } finally {
    for (const slot of Object.values(learner.slots)) {
      tf.dispose([...slot.values()]);
      slot.clear();
    }
  }
}

interface Session {
  readonly tf: Tf;
  readonly learner: Learner;
  readonly recipe: Recipe;
  readonly stepsAnEpoch: number;
  readonly terms: readonly Term[];
  readonly reported: Reported;
  readonly failure: FailureHelp;
  readonly exchange: Exchange | undefined;
}

async function learn(session: Session, at: TrainingPosition, batch: Batch): Promise<StepReport> {
  const { tf, learner, recipe, terms, reported, failure, exchange } = session;
  const learningRate = rateAt(session, at);
  const random = seededRandom(recipe.seed, 'step', at.step);
  const { losses, gradients, statistics } = differentiate(tf, learner, batch, terms, random, exchange);
  const moments = [...statistics.values()].flatMap(({ mean, variance }) => [mean, variance]);
  const clipped = learner.trained.filter(({ clip }) => clip).length;
  // One tensor, so that engines with a memory of their own are waited for once.
  const measured = tf.tidy(() =>
    tf.concat([losses, normsOf(tf, gradients, clipped), normsOf(tf, moments, moments.length)]),
  );
  try {
    const { norms, ...values } = readMeasured(await measured.data(), reported);
    const found = { ...at, ...values };
    if (![found.loss, ...Object.values(norms)].every(Number.isFinite)) {
      throw await notFinite({ ...found, learningRate, norms }, learner, batch, failure);
    }
    const factor = clipFactor(norms.clipped, recipe.optimiser.clip);
    const updates = learner.trained.map(({ name, clip, decay }, i) => {
      return { name, gradient: gradients[i]!, decay, ...(clip && { factor }) };
    });
    const optimiser: Optimiser = OPTIMISERS.members[recipe.optimiser.optimiser];
    optimiser.step(tf, learner, updates, { learningRate, step: at.step }, recipe.optimiser);
    updateRunningStatistics(tf, learner.parameters, statistics);
    return { ...found, learningRate, gradientNorm: norms.clipped, clipFactor: factor };
  } finally {
    tf.dispose([losses, measured, ...gradients, ...moments]);
  }
}

function rateAt({ recipe, stepsAnEpoch }: Session, { step, epoch }: TrainingPosition): number {
  const { schedule, optimiser, epochs } = recipe;
  const chosen: Schedule = SCHEDULES.members[schedule.schedule];
  return chosen.rate({ step, epoch, stepsAnEpoch, epochs }, optimiser.learningRate, schedule);
}

/** The numbers of a step, in the order in which `learn` puts them together. */
function readMeasured(
  values: ArrayLike<number>,
  { terms, measures }: Reported,
): Pick<StepReport, 'loss' | 'terms' | 'measures'> & Pick<FailedStep, 'norms'> {
  const [loss, ...others] = Array.from(values) as [number, ...number[]];
  const named = (names: readonly string[], from: number): Record<string, number> =>
    Object.fromEntries(names.map((name, i) => [name, others[from + i]!]));
  const [clipped, unclipped, ofStatistics] = others.slice(terms.length + measures.length) as [number, number, number];
  return {
    loss,
    terms: named(terms, 0),
    measures: named(measures, terms.length),
    norms: { clipped, unclipped, ofStatistics },
  };
}
