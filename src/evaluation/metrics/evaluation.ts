import { toDistances } from './distances';
import { equalError } from './equal-error-rate';
import { ratesAt, type ErrorRates } from './fmr-fnmr';
import { groupSpread, type GroupSpread } from './group-spread';
import { METRICS } from './index';
import { countPairs, missingClass, type Comparisons } from './metric';
import { areaUnder, rocOf } from './roc';
import { FALSE_MATCH_RATES, tarAtFmr, type TarAtFmr } from './tar-at-fmr';
import { bestThreshold, tenFoldAccuracy, type VerificationAccuracy } from './verification-accuracy';

/** What one group's pairs say about a model. */
export interface GroupEvaluation extends VerificationAccuracy {
  readonly group: string;
  readonly pairs: number;
  readonly genuine: number;
  readonly impostor: number;
  readonly auc: number | null;
  readonly eer: number | null;
  readonly tarAtFmr: readonly TarAtFmr[];
  /** Pairs of the list; those that are excluded count too. 0 for a group that is named somewhere and has none. */
  readonly listedPairs: number;
  /** Pairs of the list that could not be compared because alignment skipped a face. */
  readonly excludedPairs: number;
  /** Photographs of the group: all that are named, and those of them that gave no face, by reason. Left out when none was lost. */
  readonly photographs?: { readonly listed: number; readonly lost: Readonly<Record<string, number>> };
}

export interface OverallEvaluation extends GroupSpread {
  readonly globalThreshold: {
    readonly rule: string;
    /** Squared L2 distance; null when no group has an accuracy. */
    readonly threshold: number | null;
    /** The same as a cosine: pairs match above it. */
    readonly cosine: number | null;
    readonly perGroup: readonly ({ readonly group: string } & ErrorRates)[];
  };
}

/** The protocol in words and numbers, for evaluation.json and the report. */
export const PROTOCOL = {
  folds: 10,
  thresholds: 'as fine as the scores: the middle of a gap between two of them',
  accuracyGrid: 'thresholds 0..3.99 by 0.01, the first best of them (insightface)',
  embedding: 'embeddings of the face and of its mirror image are added, then L2-normalised',
  distance: 'squared L2 distance of unit vectors = 2 - 2 cosine; a pair matches when distance < threshold',
  definitions: Object.fromEntries(METRICS.map(({ name, definition }) => [name, definition])),
} as const;

/**
 * What is not determined by these pairs is null, with its reason: empty folds, folds or groups with pairs of one kind, groups
 * without any. Errors with `bad-folds` when a pair's fold is out of range.
 */
export function evaluateGroup(
  group: string,
  comparisons: Comparisons,
  excludedPairs: number,
  listedPairs: number = comparisons.scores.length + excludedPairs,
): GroupEvaluation {
  const { genuine, impostor } = countPairs(comparisons);
  const roc = missingClass({ genuine, impostor }) === null ? rocOf(comparisons) : undefined;
  return {
    group,
    listedPairs,
    excludedPairs,
    pairs: comparisons.scores.length,
    genuine,
    impostor,
    ...tenFoldAccuracy(toDistances(comparisons), { foldCount: PROTOCOL.folds, of: `group ${group}` }),
    auc: roc ? areaUnder(roc) : null,
    eer: roc ? equalError(roc) : null,
    tarAtFmr: FALSE_MATCH_RATES.map(fmr => tarAtFmr(comparisons, fmr, roc)),
  };
}

/**
 * Compares the groups that have an accuracy: its spread, and error rates at one threshold for everybody. Which groups have none,
 * and why, is part of the result.
 */
export function evaluateOverall(
  evaluations: readonly GroupEvaluation[],
  comparisons: ReadonlyMap<string, Comparisons>,
): OverallEvaluation {
  const counted = evaluations.filter(({ accuracy }) => accuracy !== null).map(({ group }) => comparisons.get(group)!);
  const threshold = bestThreshold(toDistances(pool(counted))) ?? null;
  return {
    ...groupSpread(evaluations),
    globalThreshold: {
      rule:
        'one threshold for all groups: the best over all pairs of all groups together; ' +
        'chosen on the pairs that it is applied to, so a diagnostic and no estimate',
      threshold,
      cosine: threshold === null ? null : 1 - threshold / 2,
      perGroup: [...comparisons].map(([group, pairs]) => ({
        group,
        ...(threshold === null ? { fmr: null, fnmr: null } : ratesAt(pairs, threshold)),
      })),
    },
  };
}

function pool(parts: readonly Comparisons[]): Comparisons {
  const all = (pick: (part: Comparisons) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap(part => Array.from(pick(part))));
  return { scores: all(p => p.scores), genuine: all(p => p.genuine), folds: all(p => p.folds) };
}
