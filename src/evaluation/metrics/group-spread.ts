import { errorRatio } from '../spreads/ser';
import { meanOf, stdOf } from './mean-std';

/** How unequal the accuracies of groups are, over the groups that have one. Lower is fairer for all but the mean. */
export interface GroupSpread {
  /** Mean of the groups' accuracies, percent; null when no group has one. */
  readonly mean: number | null;
  /** Standard deviation with divisor n, percentage points: the one of `np.std`, and of the headline. Null below two groups. */
  readonly stdDdof0: number | null;
  /** With divisor n - 1. Null below two groups. */
  readonly stdDdof1: number | null;
  /** Why the standard deviations are null. */
  readonly stdReason?: string;
  /** Skewed error ratio: max error / min error, >= 1; null where it is undefined. */
  readonly ser: number | null;
  /** Why `ser` is null. */
  readonly serReason?: string;
  /** Groups that have no accuracy, and why: nothing above is about them. */
  readonly missing: readonly { readonly group: string; readonly reason: string }[];
}

/** `reason` says why an accuracy is null. */
export interface GroupAccuracy {
  readonly group: string;
  readonly accuracy: number | null;
  readonly reason?: string;
}

/**
 * Mean, STD and SER = max(100 - acc) / min(100 - acc) of accuracies in percent. A spread needs two groups. SER is null when a group
 * has no errors: the ratio is then infinite, or 0 / 0 when no group has any, and neither is a number that models can be ranked by.
 */
export function groupSpread(groups: readonly GroupAccuracy[]): GroupSpread {
  const known = groups.filter((one): one is GroupAccuracy & { accuracy: number } => one.accuracy !== null);
  const accuracies = known.map(({ accuracy }) => accuracy);
  if (accuracies.some(accuracy => !(accuracy >= 0 && accuracy <= 100))) {
    throw new RangeError(`Cannot compare groups: want accuracies in percent, got [${accuracies.join(', ')}]`);
  }
  const missing = groups
    .filter(({ accuracy }) => accuracy === null)
    .map(({ group, reason = 'not known' }) => ({ group, reason }));
  const mean = accuracies.length === 0 ? null : meanOf(accuracies);
  if (accuracies.length < 2) {
    const reason = known.length === 0 ? 'no group has an accuracy' : `only group ${known[0]!.group} has an accuracy`;
    return { mean, stdDdof0: null, stdDdof1: null, stdReason: reason, ser: null, serReason: reason, missing };
  }
  return { mean, stdDdof0: stdOf(accuracies, 0), stdDdof1: stdOf(accuracies, 1), ...skewedErrorRatio(known), missing };
}

function skewedErrorRatio(
  groups: readonly { readonly group: string; readonly accuracy: number }[],
): Pick<GroupSpread, 'ser' | 'serReason'> {
  const ratio = errorRatio(groups.map(({ group, accuracy }) => ({ group, error: 100 - accuracy })));
  return ratio.value === null ? { ser: null, serReason: ratio.reason } : { ser: ratio.value };
}
