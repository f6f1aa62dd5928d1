import { seededRandom } from '../../kit/math/random';
import { basicInterval, fewPeople, wilson, type Interval } from './confidence';
import { homogeneity, type Homogeneity } from './homogeneity';
import { REPLICATES, resamplePeople, type DecidedPairs, type ResampledAccuracy } from './identity-bootstrap';
import type { PairsOfPeople } from './identity-influence';
import {
  differenceInterval,
  drawSpreads,
  spreadInterval,
  type ResampledGroup,
  type SpreadDraws,
  type SpreadName,
} from './spread-uncertainty';

/** A group that has an accuracy, and how each model decides its pairs. */
export interface DecidedGroup {
  readonly group: string;
  /** Pairs of the folds that count. */
  readonly pairs: PairsOfPeople;
  readonly models: readonly DecidedPairs[];
}

/** How sure one accuracy is. */
export interface GroupUncertainty {
  readonly group: string;
  readonly people: number;
  /** The number of independent pairs that would be as precise. */
  readonly effectivePairs: number | null;
  /** Percentage points. */
  readonly standardError: number | null;
  /** Of 95 %, percent. Null: see `reason`. */
  readonly interval: Interval | null;
  readonly reason?: string;
  /** Percent of the more frequent kind of pair: the accuracy of a model that accepts, or rejects, every pair. */
  readonly chance: number;
  /** Whether the interval lies above chance; null without an interval. */
  readonly recognises: boolean | null;
}

export interface ModelUncertainty {
  readonly groups: readonly GroupUncertainty[];
  /** 95 % intervals of the numbers over the groups; null where there is none. */
  readonly mean: Interval | null;
  readonly stdDdof0: Interval | null;
  readonly stdDdof1: Interval | null;
  readonly ser: Interval | null;
  /** Undefined with one group, or where a group has no interval. */
  readonly homogeneity?: Homogeneity;
}

/** A difference of two numbers, first minus second; without an interval there is a reason. */
export type PairedInterval = { readonly interval: Interval } | { readonly interval: null; readonly reason: string };

export interface Uncertainty {
  readonly models: readonly ModelUncertainty[];
  /** Of the first model's accuracy less the second's, both on the same pairs. */
  accuracyDifference(group: string, first: number, second: number): PairedInterval;
  meanDifference(first: number, second: number): PairedInterval;
  spreadDifference(name: SpreadName, first: number, second: number): PairedInterval;
}

export interface MeasuredSpread {
  readonly mean: number | null;
  readonly stdDdof0: number | null;
  readonly ser: number | null;
}

/** Draws of fewer people do not show how much people differ. Of each kind of pair. */
const LEAST_PEOPLE = 10;

/**
 * How sure accuracies, their mean and spread, and differences between models are, by drawing the people of every group again. The
 * groups are drawn independently of each other: an identity is a person of its group.
 * @param spreads by model, over these groups
 */
export function uncertaintyOf(
  groups: readonly DecidedGroup[],
  spreads: readonly MeasuredSpread[],
  replicates = REPLICATES,
): Uncertainty {
  const resampled = groups.map(one => resample(one, replicates));
  const lacking = whyNoneOverall(resampled);
  const draws = spreads.map((_, m) =>
    lacking === undefined ? drawSpreads(resampled.map(({ models }) => models[m]!)) : undefined,
  );
  const byName = new Map(resampled.map((one, g) => [one.group, { ...one, decided: groups[g]!.models }]));
  return {
    models: spreads.map((spread, m) => {
      const ofGroups = resampled.map(one => groupUncertainty(one, m));
      const tested = draws[m] && homogeneity(resampled.map(one => independent(one, m)));
      return {
        ...overallIntervals(spread, draws[m], ofGroups),
        groups: ofGroups,
        ...(tested && { homogeneity: tested }),
      };
    }),
    accuracyDifference: (group, first, second) => {
      const { reason = alikeness(byName.get(group)!.decided, first, second), models } = byName.get(group)!;
      if (reason !== undefined) return { interval: null, reason };
      const [a, b] = [models[first]!, models[second]!];
      return { interval: basicInterval(a.accuracy - b.accuracy, less(a.errors, b.errors)) };
    },
    meanDifference: (first, second) => {
      const [a, b] = [draws[first], draws[second]];
      const reason = lacking ?? alikeEverywhere(groups, first, second);
      if (reason !== undefined || !a || !b) return { interval: null, reason: reason! };
      return { interval: basicInterval(spreads[first]!.mean! - spreads[second]!.mean!, less(a.mean, b.mean)) };
    },
    spreadDifference: (name, first, second) => {
      const [a, b] = [draws[first], draws[second]];
      const [x, y] = [spreads[first]![name], spreads[second]![name]];
      const reason = lacking ?? alikeEverywhere(groups, first, second);
      if (reason !== undefined || !a || !b) return { interval: null, reason: reason! };
      if (x === null || y === null) return { interval: null, reason: 'one of the two is undefined' };
      const interval = differenceInterval(name, [x, y], [a, b]);
      return interval ? { interval } : { interval: null, reason: 'no spread explains both' };
    },
  };
}

interface Resampled {
  readonly group: string;
  readonly people: number;
  readonly chance: number;
  /** Why nothing was drawn. */
  readonly reason?: string;
  readonly models: readonly (ResampledGroup & ResampledAccuracy)[];
}

function resample({ group, pairs, models }: DecidedGroup, replicates: number): Resampled {
  const { people, genuine } = pairs;
  const reason = whyTooFew(pairs);
  const enough = reason === undefined;
  const same = Array.from(genuine).filter(kind => kind === 1).length;
  return {
    group,
    people,
    chance: (100 * Math.max(same, genuine.length - same)) / genuine.length,
    ...(!enough && { reason }),
    // Every group has a stream of its own, so that a group more or less leaves the others as they are.
    models: enough
      ? resamplePeople(pairs, models, seededRandom(1, 'people', group), replicates).map(one => ({
          ...one,
          leastError: 50 / genuine.length,
        }))
      : [],
  };
}

/** Either rate of errors, that of genuine pairs and that of impostor pairs, needs people of its own. */
function whyTooFew({ people, genuine, a, b }: PairsOfPeople): string | undefined {
  const wanted = `want at least ${LEAST_PEOPLE}`;
  if (people < LEAST_PEOPLE) return `only ${people} people, ${wanted}`;
  const found = [new Set<number>(), new Set<number>()];
  for (let i = 0; i < genuine.length; i++) found[genuine[i]!]!.add(a[i]!).add(b[i]!);
  const few = [1, 0].find(kind => found[kind]!.size < LEAST_PEOPLE);
  if (few === undefined) return undefined;
  const count = found[few]!.size;
  return `only ${count} ${count === 1 ? 'person' : 'people'} in its ${few === 1 ? 'genuine' : 'impostor'} pairs, ${wanted}`;
}

function whyNoneOverall(groups: readonly Resampled[]): string | undefined {
  if (groups.length === 0) return 'no group has an accuracy';
  const few = groups.filter(({ reason }) => reason !== undefined);
  return few.length === 0 ? undefined : few.map(({ group, reason }) => `group ${group}: ${reason!}`).join('; ');
}

function groupUncertainty({ group, people, chance, reason, models }: Resampled, m: number): GroupUncertainty {
  if (reason !== undefined) {
    const nothing = { effectivePairs: null, standardError: null, interval: null, recognises: null };
    return { group, people, chance, reason, ...nothing };
  }
  const { accuracy, variance, effectivePairs } = models[m]!;
  const interval = wilson(accuracy, effectivePairs, people);
  const standardError = Math.sqrt(variance);
  return { group, people, chance, effectivePairs, standardError, interval, recognises: interval[0] > chance };
}

/** Effective pairs as a test may take them: fewer where few people have given the variance. */
function independent({ people, models }: Resampled, m: number): { accuracy: number; effectivePairs: number } {
  const { accuracy, effectivePairs } = models[m]!;
  return { accuracy, effectivePairs: effectivePairs / fewPeople(people) ** 2 };
}

function overallIntervals(
  { mean, stdDdof0, ser }: MeasuredSpread,
  draws: SpreadDraws | undefined,
  groups: readonly GroupUncertainty[],
): Pick<ModelUncertainty, 'mean' | 'stdDdof0' | 'stdDdof1' | 'ser'> {
  if (draws === undefined) return { mean: null, stdDdof0: null, stdDdof1: null, ser: null };
  const std = stdDdof0 === null ? null : spreadInterval('stdDdof0', stdDdof0, draws);
  const wider = Math.sqrt(groups.length / (groups.length - 1));
  // The mean of one group is its accuracy, and one number has one interval.
  const ofMean = (value: number): Interval | null =>
    groups.length === 1 ? groups[0]!.interval : within100(basicInterval(value, draws.mean));
  return {
    mean: mean === null ? null : ofMean(mean),
    stdDdof0: std,
    stdDdof1: std === null ? null : [wider * std[0], wider * std[1]],
    ser: ser === null ? null : spreadInterval('ser', ser, draws),
  };
}

/** A difference of 0 by construction has no interval: these pairs do not tell the two apart. */
function alikeness(models: readonly DecidedPairs[], first: number, second: number): string | undefined {
  const [one, other] = [models[first]!.right, models[second]!.right];
  return Array.from(one).every((right, pair) => right === other[pair]) ? 'both decide every pair alike' : undefined;
}

function alikeEverywhere(groups: readonly DecidedGroup[], first: number, second: number): string | undefined {
  const reasons = groups.map(({ models }) => alikeness(models, first, second));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function less(first: Float64Array, second: Float64Array): Float64Array {
  return first.map((value, i) => value - second[i]!);
}

function within100([low, high]: Interval): Interval {
  return [Math.max(0, low), Math.min(100, high)];
}
