import type { Random } from '../math/random';
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
 * comes as often as both of its people together (genuine ones: as often as the person), thresholds are chosen anew on every draw.
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
  return models.map(({ right }, m) => {
    const { accuracy, variance } = influenceOf(pairs, right);
    const [anew, fixed] = [varianceOf(drawn[m]!.anew), varianceOf(drawn[m]!.fixed)];
    // Choosing a threshold adds variance, and never takes any away.
    const chosen = variance * (fixed > 0 ? Math.max(1, anew / fixed) : 1);
    const precision = precisionOf(accuracy, chosen, genuine.length, people);
    const scale = anew > 0 ? Math.sqrt(chosen / anew) * fewPeople(people) : 0;
    const mean = meanOf(drawn[m]!.anew);
    const step = (100 / precision.effectivePairs) * fewPeople(people);
    const errors = drawn[m]!.anew.map(value => scale * (value - mean) + step * oneMoreOrLess(random));
    return { accuracy, ...precision, errors };
  });
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
      shares[i] = Number.isFinite(scale) ? shares[i]! * scale : weights[i]!;
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
