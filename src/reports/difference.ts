import { stdOf } from '../metrics/mean-std';
import type { Evaluation } from './evaluation';

/**
 * Two-sided 95 % quantile of Student's t: 18 degrees of freedom are 2 x (10 folds - 1), for a difference of two models; 9 are for
 * one model.
 */
const T_TWO_MODELS = 2.1009;
const T_ONE_MODEL = 2.2622;

/** A difference of accuracies in percentage points, with its uncertainty. */
export interface Difference {
  readonly value: number;
  readonly standardError: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Whether the interval leaves out 0. */
  readonly evidence: boolean;
}

/** How the first model differs from the second, first minus second. */
export interface ModelDifference {
  readonly first: string;
  readonly second: string;
  readonly groups: readonly (Difference & { readonly group: string })[];
  /** Of the means over the groups. */
  readonly mean: Difference;
  /** Of the spreads; below 0 the first is fairer. No interval: a spread of few groups has none worth the name. */
  readonly stdDdof0: number;
  readonly stdDdof1: number | null;
  readonly ser: number | null;
  /** One spread went up while the other went down. */
  readonly spreadsDisagree: boolean;
}

/** Both must have the same groups in the same order. */
export function differenceOf(first: Evaluation, second: Evaluation): ModelDifference {
  const groups = first.groups.map((own, i) => {
    const other = second.groups[i]!;
    const error = Math.hypot(standardErrorOf(own.foldAccuracies), standardErrorOf(other.foldAccuracies));
    return { group: own.group, ...withInterval(own.accuracy - other.accuracy, error) };
  });
  const error = Math.hypot(...groups.map(({ standardError }) => standardError)) / groups.length;
  const std = first.overall.stdDdof0 - second.overall.stdDdof0;
  const ser = minus(first.overall.ser, second.overall.ser);
  return {
    first: first.label,
    second: second.label,
    groups,
    mean: withInterval(first.overall.mean - second.overall.mean, error),
    stdDdof0: std,
    stdDdof1: minus(first.overall.stdDdof1, second.overall.stdDdof1),
    ser,
    spreadsDisagree: ser !== null && std * ser < 0,
  };
}

/** Standard error of the mean over folds, s / sqrt(n) with s of divisor n - 1, percentage points. */
export function standardErrorOf(foldAccuracies: readonly number[]): number {
  return stdOf(foldAccuracies, 1) / Math.sqrt(foldAccuracies.length);
}

/** 95 % interval of the accuracy of one model, from its 10 folds, kept within 0..100. */
export function accuracyInterval(accuracy: number, foldAccuracies: readonly number[]): [low: number, high: number] {
  const half = T_ONE_MODEL * standardErrorOf(foldAccuracies);
  return [Math.max(0, accuracy - half), Math.min(100, accuracy + half)];
}

function withInterval(value: number, standardError: number): Difference {
  const half = T_TWO_MODELS * standardError;
  const [low, high] = [value - half, value + half];
  return { value, standardError, low, high, evidence: low > 0 || high < 0 };
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}
