import {
  FOLDS,
  type GroupEvaluation,
  type Measurement,
  type MetricColumn,
  type OverallEvaluation,
} from '../../data/evaluation';
import type { Comparisons } from './comparisons';
import { toDistances } from './distances';
import { ratesAt } from './fmr-fnmr';
import type { GroupPairs, Metric } from './metric';
import { groupPairs } from './group-pairs';
import { groupSpread } from './group-spread';
import { METRICS } from './index';
import { USUAL_METRICS, type ChosenMetric } from './metrics-option';
import { TEN_FOLD } from './ten-fold';
import { bestThreshold } from './verification-accuracy';

/** How pairs are decided, in words and numbers, for evaluation.json and the report. */
export const PROTOCOL = {
  folds: FOLDS,
  thresholds: 'as fine as the scores: the middle of a gap between two of them',
  accuracy: TEN_FOLD,
  accuracyGrid: 'thresholds 0..3.99 by 0.01, the first best of them (insightface)',
  embedding: 'embeddings of the face and of its mirror image are added, then L2-normalised',
  distance: 'squared L2 distance of unit vectors = 2 - 2 cosine; a pair matches when distance < threshold',
} as const;

/**
 * What is not determined by these pairs is null, with its reason: empty folds, folds or groups with pairs of one kind, groups
 * without any. Errors with `bad-folds` when a pair's fold is out of range.
 */
export function evaluateGroup(
  group: string,
  comparisons: Comparisons,
  {
    excludedPairs = 0,
    listedPairs = comparisons.scores.length + excludedPairs,
    metrics = USUAL_METRICS,
  }: {
    readonly excludedPairs?: number;
    readonly listedPairs?: number;
    readonly metrics?: readonly ChosenMetric[];
  } = {},
): { readonly group: GroupEvaluation; readonly measurements: readonly Measurement[] } {
  const pairs = groupPairs(comparisons, `group ${group}`);
  const { genuine, impostor } = pairs.counts;
  const counts = { listedPairs, excludedPairs, pairs: comparisons.scores.length, genuine, impostor };
  return {
    group: { ...{ group }, ...counts, ...pairs.tenFold() },
    measurements: metrics.flatMap(chosen =>
      measure(chosen, pairs).map(one => ({ ...{ metric: chosen.metric, group }, ...one })),
    ),
  };
}

function measure({ metric, ...options }: ChosenMetric, pairs: GroupPairs): ReturnType<Metric['measure']> {
  // The schema of the step's options has checked that these are the metric's own.
  return METRICS.members[metric].measure(pairs, options as never);
}

/** What stands beside the measurements, so that a reader need not know the metrics. */
export function describeMetrics(chosen: readonly ChosenMetric[]): MetricColumn[] {
  return chosen.map(({ metric }) => {
    const { label, definition, unit, better } = METRICS.members[metric];
    return { metric, label, definition, unit, better };
  });
}

/**
 * Compares the groups that have an accuracy: its spread, and error rates at one threshold for everybody. Which groups have none,
 * and why, is part of the result.
 */
export function evaluateOverall(
  evaluations: readonly Pick<GroupEvaluation, 'group' | 'accuracy' | 'reason'>[],
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
