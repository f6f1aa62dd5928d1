import { createHash } from 'node:crypto';
import { seededRandom, type Random } from '../../kit/math/random';
import { fewPeople } from './confidence';
import { influenceOf, weightsOf, type PairsOfPeople } from './identity-influence';
import { prepareReplicates } from './replicate-accuracy';

/** Enough for the ends of a 95 % interval to stand still within some 5 % of its width. */
export const REPLICATES = 1000;

/** One model's decisions on the pairs of a group. One entry a pair. */
export interface DecidedPairs {
  readonly distances: ArrayLike<number>;
  /** 1 where the model is right at the threshold of the pair's fold, else 0. */
  readonly right: ArrayLike<number>;
}

/** How precisely one model's accuracy in one group is known. */
export interface ResampledAccuracy {
  /** Percent. */
  readonly accuracy: number;
  /** Squared percentage points. */
  readonly variance: number;
  /** The number of independent pairs that would be as precise; at most the number of pairs. */
  readonly effectivePairs: number;
  /** Draws of the accuracy's error (estimate minus truth), percentage points. */
  readonly errors: Float64Array;
}

/**
 * Draws the people of a group with replacement, the same draws for all models, so that models can be compared pair by pair. A pair
 * comes as often as both of its people together (genuine ones: as often as the person), thresholds are chosen again on every draw.
 *
 * Where a pair shares its people with no other, its own chance would count three times; the draws are scaled to the variance that
 * counts it once (`influenceOf`). For each model two more people are drawn, one with a right and one with a wrong decision, as
 * Agresti and Coull have it for proportions: without them a group without errors would have no uncertainty.
 */
export function resamplePeople(
  pairs: PairsOfPeople,
  models: readonly DecidedPairs[],
  random: Random,
  replicates = REPLICATES,
): ResampledAccuracy[] {
  const { genuine, people } = pairs;
  const draw = prepareDraws(pairs);
  const accuracyOn = models.map(({ distances }) => prepareReplicates({ distances, genuine, folds: pairs.folds }));
  const drawn = models.map(() => ({ anew: new Float64Array(replicates), fixed: new Float64Array(replicates) }));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const shares = draw(random);
    for (let m = 0; m < models.length; m++) {
      drawn[m]!.anew[replicate] = accuracyOn[m]!(shares);
      drawn[m]!.fixed[replicate] = product(shares, models[m]!.right);
    }
  }
  return models.map(({ distances, right }, m) => {
    const { accuracy, variance } = influenceOf(pairs, right);
    const { draws, excess } = halfChosen(drawn[m]!.fixed, drawn[m]!.anew);
    const precision = precisionOf(accuracy, variance * excess, genuine.length, people);
    const spread = varianceOf(draws);
    const scale = spread > 0 ? Math.sqrt((variance * excess) / spread) * fewPeople(people) : 0;
    const mean = meanOf(draws);
    const step = (100 / precision.effectivePairs) * fewPeople(people);
    const own = streamOf(distances);
    const errors = draws.map(value => scale * (value - mean) + step * oneMoreOrLess(own));
    return { ...precision, accuracy, errors };
  });
}

/** By what a model says, so that its interval does not depend on the models beside it, and equal models have equal ones. */
function streamOf(distances: ArrayLike<number>): Random {
  const digest = createHash('sha256')
    .update(new Uint8Array(Float64Array.from(distances).buffer))
    .digest('hex');
  return seededRandom(1, 'more people', digest);
}

/**
 * Choosing a threshold adds variance to an accuracy. Draws show about twice of it, because they choose on a curve that has the
 * roughness of the measured pairs as well as that of the draw (test/bench/intervals.ts): of what the choice moves, as much is kept
 * as gives half of the variance that it adds.
 * @returns also by which factor the variance is larger than at fixed thresholds
 */
function halfChosen(fixed: Float64Array, anew: Float64Array): { draws: Float64Array; excess: number } {
  const moved = anew.map((value, i) => value - fixed[i]!);
  const [ofFixed, ofMoved] = [varianceOf(fixed), varianceOf(moved)];
  const added = varianceOf(anew) - ofFixed;
  if (ofFixed === 0 || ofMoved === 0 || added <= 0) return { draws: fixed, excess: 1 };
  // var(fixed + share x moved) = var(fixed) + added / 2, where var(anew) = var(fixed) + 2 together + var(moved).
  const together = (added - ofMoved) / 2;
  const share = (Math.sqrt(together * together + (ofMoved * added) / 2) - together) / ofMoved;
  return { draws: fixed.map((value, i) => value + share * moved[i]!), excess: 1 + added / 2 / ofFixed };
}

/**
 * Where no pair (or every pair) is decided wrongly, the pairs show no variance: then every person is taken for one independent
 * pair, and the variance is that of one more right and one more wrong pair.
 */
function precisionOf(
  accuracy: number,
  variance: number,
  pairs: number,
  people: number,
): Pick<ResampledAccuracy, 'variance' | 'effectivePairs'> {
  const share = accuracy / 100;
  const binomial = 100 * 100 * share * (1 - share);
  if (variance > 0 && binomial > 1e-9) return { variance, effectivePairs: Math.min(pairs, binomial / variance) };
  const effectivePairs = Math.min(pairs, people);
  const smoothed = (share * effectivePairs + 1) / (effectivePairs + 2);
  return { variance: (100 * 100 * smoothed * (1 - smoothed)) / (effectivePairs + 2), effectivePairs };
}

/**
 * Percentage points of every pair in a draw of people; those of a kind add up to what they have in the list. The array is used
 * again for the next draw. Loops, because a thousand draws of RFW are 24 million pairs.
 */
function prepareDraws({ genuine, folds, a, b, people }: PairsOfPeople): (random: Random) => Float64Array {
  const weights = weightsOf(folds);
  const times = new Float64Array(people);
  const shares = new Float64Array(weights.length);
  const wanted = [0, 0];
  for (let i = 0; i < weights.length; i++) wanted[genuine[i]!]! += weights[i]!;
  return random => {
    times.fill(0);
    for (let i = 0; i < people; i++) times[random.integer(people)]!++;
    let [ofGenuine, ofImpostor] = [0, 0];
    for (let i = 0; i < shares.length; i++) {
      const [one, other] = [a[i]!, b[i]!];
      const share = one === other ? weights[i]! * times[one]! : weights[i]! * times[one]! * times[other]!;
      shares[i] = share;
      if (genuine[i] === 1) ofGenuine += share;
      else ofImpostor += share;
    }
    const scales = [wanted[0]! / ofImpostor, wanted[1]! / ofGenuine];
    for (let i = 0; i < shares.length; i++) {
      const scale = scales[genuine[i]!]!;
      // So few people that a draw has no pair of a kind: then that kind stays as it is.
      shares[i] = scale < 1e300 ? shares[i]! * scale : weights[i]!;
    }
    return shares;
  };
}

function product(shares: Float64Array, right: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < shares.length; i++) sum += shares[i]! * right[i]!;
  return sum;
}

/** How much more often the one of two extra people is drawn than the other: out of 8, since of how many hardly matters. */
function oneMoreOrLess(random: Random): number {
  let more = 0;
  for (let i = 0; i < 8; i++) {
    const person = random.integer(8);
    if (person === 0) more++;
    if (person === 1) more--;
  }
  return more;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
