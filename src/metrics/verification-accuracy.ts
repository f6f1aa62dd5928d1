import { UserError } from '../errors';
import { countPairs, type Comparisons, type Metric } from './metric';
import { meanOf, stdOf } from './mean-std';

/**
 * Thresholds on the squared L2 distance of unit vectors, 0..3.99 by 0.01, as in the verification script of insightface
 * (arcface_torch/eval/verification.py, `np.arange(0, 4, 0.01)`).
 */
export const THRESHOLDS: Float64Array = Float64Array.from({ length: 400 }, (_, i) => i * 0.01);

export interface VerificationAccuracy {
  /** Mean over the folds, percent. */
  readonly accuracy: number;
  /** Percent, by fold. */
  readonly foldAccuracies: readonly number[];
  /** Standard deviation of the fold accuracies, ddof 0, percentage points. */
  readonly foldStd: number;
  /** The threshold that was chosen for each fold (squared L2 distance). */
  readonly thresholds: readonly number[];
  readonly foldSizes: readonly number[];
}

export const verificationAccuracy: Metric = {
  name: 'accuracy',
  definition:
    'percent, mean over 10 folds as the pair list gives them; a pair matches when the squared L2 distance of the unit vectors is < threshold; ' +
    'threshold from 0..4 by 0.01, the first that is best on the other 9 folds',
  range: [0, 100],
  better: 'higher',
  measure: comparisons => ({ value: tenFoldAccuracy(toDistances(comparisons)).accuracy }),
};

/** ||a - b||² = 2 - 2 cos(a, b) for unit vectors. */
export function squaredDistance(cosine: number): number {
  return 2 - 2 * cosine;
}

/** The same pairs with squared L2 distances (smaller is more alike) in place of cosines. */
export function toDistances({ scores, genuine, folds }: Comparisons): Distances {
  countPairs({ scores, genuine, folds });
  return { distances: Float64Array.from(scores, squaredDistance), genuine, folds };
}

export interface Distances {
  readonly distances: ArrayLike<number>;
  readonly genuine: ArrayLike<number>;
  readonly folds: ArrayLike<number>;
}

/**
 * k-fold verification: for each fold the first threshold with the highest accuracy on all other folds, applied to this one.
 * Folds are those of the pair list, never reshuffled. Errors with `bad-folds` when a fold is empty or out of range.
 * @param of whose pairs they are, for that message.
 */
export function tenFoldAccuracy(
  pairs: Distances,
  { foldCount = 10, of = 'the pairs' }: { readonly foldCount?: number; readonly of?: string } = {},
): VerificationAccuracy {
  const foldSizes = sizesOfFolds(pairs, foldCount, of);
  const correct = correctByFold(pairs, foldCount);
  const total = Float64Array.from(THRESHOLDS, (_, t) => correct.reduce((sum, fold) => sum + fold[t]!, 0));
  const thresholds: number[] = [];
  const foldAccuracies: number[] = [];
  for (let fold = 0; fold < foldCount; fold++) {
    const best = firstArgmax(total.map((all, t) => all - correct[fold]![t]!));
    thresholds.push(THRESHOLDS[best]!);
    foldAccuracies.push((100 * correct[fold]![best]!) / foldSizes[fold]!);
  }
  return { accuracy: meanOf(foldAccuracies), foldAccuracies, foldStd: stdOf(foldAccuracies, 0), thresholds, foldSizes };
}

/** The first threshold of the grid that decides most of these pairs rightly. There must be at least one pair. */
export function bestThreshold(pairs: Distances): number {
  const everyPair = { ...pairs, folds: new Uint8Array(pairs.distances.length) };
  return THRESHOLDS[firstArgmax(correctByFold(everyPair, 1)[0]!)]!;
}

function sizesOfFolds({ folds }: Distances, foldCount: number, of: string): number[] {
  const sizes = new Array<number>(foldCount).fill(0);
  for (let i = 0; i < folds.length; i++) {
    const fold = folds[i]!;
    if (!(fold in sizes)) {
      throw badFolds(of, `pair ${i} is in fold ${fold}, want 0..${foldCount - 1}`);
    }
    sizes[fold]!++;
  }
  const empty = sizes.indexOf(0);
  if (empty >= 0) {
    throw badFolds(
      of,
      `fold ${empty} has no pairs, want at least 1 in each of ${foldCount} folds (pairs: ${sizes.join(', ')})`,
    );
  }
  return sizes;
}

/** [fold][threshold] -> number of pairs that are decided rightly. */
function correctByFold({ distances, genuine, folds }: Distances, foldCount: number): Float64Array[] {
  const correct = Array.from({ length: foldCount }, () => new Float64Array(THRESHOLDS.length));
  for (let i = 0; i < distances.length; i++) {
    const counts = correct[folds[i]!]!;
    const same = genuine[i] === 1;
    for (let t = 0; t < THRESHOLDS.length; t++) {
      if (distances[i]! < THRESHOLDS[t]! === same) counts[t]!++;
    }
  }
  return correct;
}

function firstArgmax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

function badFolds(of: string, reason: string): UserError {
  return new UserError(
    `Cannot measure the ten-fold accuracy of ${of}: ${reason}; check the pair list and the faces that alignment skipped`,
    { code: 'bad-folds' },
  );
}
