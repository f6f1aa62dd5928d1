import type { Interval } from '../evaluation/uncertainty/confidence';
import type { PairedInterval, Uncertainty } from '../evaluation/uncertainty/uncertainty';
import type { JudgedModel } from './judge';

/** How a number of one model differs from that of another, in the number's own unit. */
export interface Difference {
  /** First minus second; null where one of the two is undefined. */
  readonly value: number | null;
  /** Of 95 %, from the same people for both. Null: see `reason`. */
  readonly interval: Interval | null;
  readonly reason?: string;
  /** Whether the interval leaves out 0: without one nothing is shown. */
  readonly evidence: boolean;
}

/** How the first model differs from the second, first minus second. */
export interface ModelDifference {
  readonly first: string;
  readonly second: string;
  readonly groups: readonly (Difference & { readonly group: string })[];
  /** Of the means over the groups. */
  readonly mean: Difference;
  /** Of the spreads; below 0 the first is fairer. */
  readonly stdDdof0: Difference;
  readonly stdDdof1: Difference;
  readonly ser: Difference;
  /** One spread went up while the other went down, and the intervals of both leave out 0. */
  readonly spreadsDisagree: boolean;
}

/** Compares models that `judgeModels` has judged together. */
export type Differ = (first: JudgedModel, second: JudgedModel) => ModelDifference;

export function differBy(models: readonly JudgedModel[], uncertainty: Uncertainty): Differ {
  const known = new Map<string, ModelDifference>();
  const differ: Differ = (first, second) => {
    const [one, other] = [first, second].map(({ label }) => models.findIndex(model => model.label === label)) as [
      number,
      number,
    ];
    const groups = first.groups.map(({ group, accuracy, reason }, i) => {
      if (accuracy === null) return { group, ...without(null, reason ?? 'not known') };
      const between = uncertainty.accuracyDifference(group, one, other);
      return { group, ...differenceOf(accuracy, second.groups[i]!.accuracy, between) };
    });
    const spread = (name: 'stdDdof0' | 'ser'): Difference => {
      const [a, b] = [first.overall[name], second.overall[name]];
      const hidden = [first, second].find(({ unrecognised }) => unrecognised.length > 0);
      const reason =
        hidden &&
        `“${hidden.label}” does not recognise in group ${hidden.unrecognised.join(', ')}: no spread to compare`;
      return reason === undefined
        ? differenceOf(a, b, uncertainty.spreadDifference(name, one, other))
        : without(minus(a, b), reason);
    };
    const [std, ser] = [spread('stdDdof0'), spread('ser')];
    return {
      first: first.label,
      second: second.label,
      groups,
      mean: differenceOf(first.overall.mean, second.overall.mean, uncertainty.meanDifference(one, other)),
      stdDdof0: std,
      stdDdof1: scaled(std, ddof1Over0(first)),
      ser,
      spreadsDisagree: std.evidence && ser.evidence && std.value! * ser.value! < 0,
    };
  };
  return (first, second) => {
    const key = JSON.stringify([first.label, second.label]);
    const found = known.get(key) ?? differ(first, second);
    known.set(key, found);
    return found;
  };
}

function differenceOf(first: number | null, second: number | null, between: PairedInterval): Difference {
  const value = minus(first, second);
  if (value === null) return without(null, 'one of the two is undefined');
  if (between.interval === null) return without(value, between.reason);
  const [low, high] = between.interval;
  return { value, interval: [low, high], evidence: low > 0 || high < 0 };
}

function without(value: number | null, reason: string): Difference {
  return { value, interval: null, reason, evidence: false };
}

/** The divisor is a factor on both models' STD. */
function scaled(one: Difference, factor: number): Difference {
  const { value, interval } = one;
  return {
    ...one,
    value: value === null ? null : factor * value,
    interval: interval && [factor * interval[0], factor * interval[1]],
  };
}

function ddof1Over0({ groups }: JudgedModel): number {
  const count = groups.filter(({ accuracy }) => accuracy !== null).length;
  return count > 1 ? Math.sqrt(count / (count - 1)) : 1;
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}
