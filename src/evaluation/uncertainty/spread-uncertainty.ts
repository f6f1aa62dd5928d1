import type { Interval } from './confidence';
import { meanOf, stdOf } from '../metrics/mean-std';

/** One model in one group. */
export interface ResampledGroup {
  /** Percent. */
  readonly accuracy: number;
  /** Squared percentage points. */
  readonly variance: number;
  /** Draws of the accuracy's error, the same number in every group. */
  readonly errors: Float64Array;
  /** Half a pair in percent: the least error of a draw, because SER divides by errors. */
  readonly leastError: number;
}

export type SpreadName = 'stdDdof0' | 'ser';

/** What the draws say about a model over all groups. */
export interface SpreadDraws {
  /** Draws of the error of the mean. */
  readonly mean: Float64Array;
  /** True spreads that are possible, in rising order, each with draws of the spread that would then be measured. */
  readonly supposed: readonly {
    readonly truth: Readonly<Record<SpreadName, number>>;
    readonly drawn: Readonly<Record<SpreadName, Float64Array>>;
  }[];
}

/** Steps between equal groups and the largest spread that is thinkable. */
const STEPS = 32;

/**
 * Chance alone puts groups apart: equal groups are measured with a spread, and draws of measured groups lie farther apart still,
 * so that an interval from such draws would never reach equality. Instead true spreads are supposed, from none at all up: the
 * groups' accuracies moved together or apart around their mean. Around each the errors are drawn.
 */
export function drawSpreads(groups: readonly ResampledGroup[]): SpreadDraws {
  const accuracies = groups.map(({ accuracy }) => accuracy);
  const [mean, spread] = [meanOf(accuracies), stdOf(accuracies, 0)];
  const pattern = spread > 0 ? accuracies.map(accuracy => (accuracy - mean) / spread) : alternating(groups.length);
  const chance = Math.sqrt(meanOf(groups.map(({ variance }) => variance)));
  const count = groups[0]!.errors.length;
  const supposed = Array.from({ length: STEPS + 1 }, (_, step) => {
    const truth = pattern.map(one => clamp(mean + (one * step * (spread + 5 * chance)) / STEPS, 0));
    const divided = truth.map((accuracy, g) => clamp(accuracy, groups[g]!.leastError));
    return {
      truth: { stdDdof0: stdOf(truth, 0), ser: errorRatio(divided) },
      drawn: drawAround(truth, groups, count),
    };
  });
  const errors = Float64Array.from({ length: count }, (_, i) => meanOf(groups.map(group => group.errors[i]!)));
  return { mean: errors, supposed };
}

/**
 * The supposed spreads for which the measured one is not among the 2.5 % lowest or highest. Groups that lie closer together than
 * even equal ones mostly would are no evidence against equality: then lower shares are asked for.
 */
export function spreadInterval(name: SpreadName, measured: number, { supposed }: SpreadDraws): Interval {
  return ends(usualSpreads(name, measured, supposed, [0.025, 0.005, 0.001]).map(({ truth }) => truth[name]))!;
}

/** At least two, so that an interval has a width. */
function usualSpreads(
  name: SpreadName,
  measured: number,
  supposed: SpreadDraws['supposed'],
  shares: readonly number[],
): SpreadDraws['supposed'] {
  for (const least of shares) {
    const usual = supposed.filter(({ drawn }) => isUsual(measured, drawn[name], least));
    if (usual.length > 1) return usual;
  }
  return supposed.slice(0, 2);
}

/**
 * The same for the difference of two models, over all spreads of either that are not quite unusual by themselves (1 %).
 * Both have been drawn with the same people.
 */
export function differenceInterval(
  name: SpreadName,
  [first, second]: readonly [measured: number, measured: number],
  [one, other]: readonly [SpreadDraws, SpreadDraws],
): Interval | undefined {
  const usual = ({ supposed }: SpreadDraws, measured: number): SpreadDraws['supposed'] =>
    usualSpreads(name, measured, supposed, [0.005, 0.001]);
  const possible = usual(one, first).flatMap(a =>
    usual(other, second).flatMap(b =>
      isUsual(first - second, a.drawn[name], 0.025, b.drawn[name]) ? [a.truth[name] - b.truth[name]] : [],
    ),
  );
  return ends(possible);
}

/** Whether neither of the shares of draws (less `others`) at or below, and at or above, is smaller than `least`. */
function isUsual(measured: number, drawn: Float64Array, least: number, others?: Float64Array): boolean {
  let below = 0;
  let above = 0;
  // Rounding must not separate equal values.
  const slack = 1e-9;
  for (let i = 0; i < drawn.length; i++) {
    const value = others === undefined ? drawn[i]! : drawn[i]! - others[i]!;
    if (value <= measured + slack) below++;
    if (value >= measured - slack) above++;
  }
  return Math.min(below, above) >= least * drawn.length;
}

/** STD (ddof 0) and SER of every draw around these accuracies. Loops, because it is done for every supposed spread. */
function drawAround(
  truth: readonly number[],
  groups: readonly ResampledGroup[],
  count: number,
): Record<SpreadName, Float64Array> {
  const [std, ser] = [new Float64Array(count), new Float64Array(count)];
  const { sqrt } = Math;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    let squares = 0;
    let least = 100;
    let most = 0;
    for (let g = 0; g < groups.length; g++) {
      const { errors, leastError } = groups[g]!;
      const drawn = 100 - truth[g]! - errors[i]!;
      // Half a pair is another percentage in each group: without a single error such floors alone would be a spread.
      const error = drawn < 0 ? 0 : drawn > 100 ? 100 : drawn;
      const divided = error < leastError ? leastError : error;
      sum += error;
      squares += error * error;
      if (divided < least) least = divided;
      if (divided > most) most = divided;
    }
    const mean = sum / groups.length;
    // Differences of squares round to a little below 0 where all are equal.
    const variance = squares / groups.length - mean * mean;
    std[i] = variance > 0 ? sqrt(variance) : 0;
    ser[i] = most / least;
  }
  return { stdDdof0: std, ser };
}

function ends(values: readonly number[]): Interval | undefined {
  return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values)];
}

function alternating(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1));
}

function clamp(accuracy: number, leastError: number): number {
  return Math.min(100 - leastError, Math.max(0, accuracy));
}

function errorRatio(accuracies: readonly number[]): number {
  const errors = accuracies.map(accuracy => 100 - accuracy);
  return Math.max(...errors) / Math.min(...errors);
}
