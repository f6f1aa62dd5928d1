import { equalError } from './equal-error-rate';
import { ratesAt, type ErrorRates } from './fmr-fnmr';
import { groupSpread, type GroupSpread } from './group-spread';
import { METRICS } from './index';
import { countPairs, missingClass, type Comparisons } from './metric';
import { areaUnder, rocOf } from './roc';
import { FALSE_MATCH_RATES, tarAtFmr, type TarAtFmr } from './tar-at-fmr';
import { bestThreshold, tenFoldAccuracy, toDistances, type VerificationAccuracy } from './verification-accuracy';

/** What one group's pairs say about a model. */
export interface GroupEvaluation extends VerificationAccuracy {
  readonly group: string;
  readonly pairs: number;
  readonly genuine: number;
  readonly impostor: number;
  readonly auc: number | null;
  readonly eer: number | null;
  readonly tarAtFmr: readonly TarAtFmr[];
  /** Pairs of the list that could not be compared because alignment skipped a face. */
  readonly excludedPairs: number;
}

export interface OverallEvaluation extends GroupSpread {
  readonly globalThreshold: {
    readonly rule: string;
    /** Squared L2 distance. */
    readonly threshold: number;
    /** The same as a cosine: pairs match above it. */
    readonly cosine: number;
    readonly perGroup: readonly ({ readonly group: string } & ErrorRates)[];
  };
}

/** The protocol in words and numbers, for evaluation.json and the report. */
export const PROTOCOL = {
  folds: 10,
  thresholds: '0..4 step 0.01',
  embedding: 'embeddings of the face and of its mirror image are added, then L2-normalised',
  distance: 'squared L2 distance of unit vectors = 2 - 2 cosine; a pair matches when distance < threshold',
  definitions: Object.fromEntries(METRICS.map(({ name, definition }) => [name, definition])),
} as const;

/** Errors with `bad-folds` when a fold of the group is empty. */
export function evaluateGroup(group: string, comparisons: Comparisons, excludedPairs: number): GroupEvaluation {
  const { genuine, impostor } = countPairs(comparisons);
  const roc = missingClass({ genuine, impostor }) === null ? rocOf(comparisons) : undefined;
  return {
    group,
    pairs: comparisons.scores.length,
    genuine,
    impostor,
    ...tenFoldAccuracy(toDistances(comparisons), { foldCount: PROTOCOL.folds, of: `group ${group}` }),
    auc: roc ? areaUnder(roc) : null,
    eer: roc ? equalError(roc) : null,
    tarAtFmr: FALSE_MATCH_RATES.map(fmr => tarAtFmr(comparisons, fmr, roc)),
    excludedPairs,
  };
}

/** Compares the groups: spread of their accuracies, and error rates at one threshold for everybody. */
export function evaluateOverall(
  evaluations: readonly GroupEvaluation[],
  comparisons: ReadonlyMap<string, Comparisons>,
): OverallEvaluation {
  const threshold = bestThreshold(toDistances(pool([...comparisons.values()])));
  return {
    ...groupSpread(evaluations),
    globalThreshold: {
      rule:
        'one threshold for all groups: the first of the grid with the highest accuracy over all pairs of all groups together; ' +
        'chosen on the pairs that it is applied to, so a diagnostic and no estimate',
      threshold,
      cosine: 1 - threshold / 2,
      perGroup: [...comparisons].map(([group, pairs]) => ({ group, ...ratesAt(pairs, threshold) })),
    },
  };
}

function pool(parts: readonly Comparisons[]): Comparisons {
  const all = (pick: (part: Comparisons) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap(part => Array.from(pick(part))));
  return { scores: all(p => p.scores), genuine: all(p => p.genuine), folds: all(p => p.folds) };
}
