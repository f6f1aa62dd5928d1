import { meanOf, stdOf } from './mean-std';

/** How unequal the accuracies of groups are. Lower is fairer for all but the mean. */
export interface GroupSpread {
  /** Mean of the groups' accuracies, percent. */
  readonly mean: number;
  /** Standard deviation with divisor n, percentage points: the one of `np.std`, and of the headline. */
  readonly stdDdof0: number;
  /** With divisor n - 1; null for a single group. */
  readonly stdDdof1: number | null;
  /** Skewed error ratio: max error / min error, >= 1; null where it is undefined. */
  readonly ser: number | null;
  /** Why `ser` is null. */
  readonly serReason?: string;
}

/**
 * Mean, STD and SER = max(100 - acc) / min(100 - acc) of accuracies in percent. SER is null when a group has no errors: the
 * ratio is then infinite, or 0 / 0 when nobody has any, and neither is a number that models can be ranked by.
 */
export function groupSpread(groups: readonly { readonly group: string; readonly accuracy: number }[]): GroupSpread {
  const accuracies = groups.map(({ accuracy }) => accuracy);
  if (accuracies.length === 0 || accuracies.some(accuracy => !(accuracy >= 0 && accuracy <= 100))) {
    throw new RangeError(`Cannot compare groups: want accuracies in percent, got [${accuracies.join(', ')}]`);
  }
  const std = accuracies.length > 1 ? stdOf(accuracies, 1) : null;
  return { mean: meanOf(accuracies), stdDdof0: stdOf(accuracies, 0), stdDdof1: std, ...skewedErrorRatio(groups) };
}

function skewedErrorRatio(
  groups: readonly { readonly group: string; readonly accuracy: number }[],
): Pick<GroupSpread, 'ser' | 'serReason'> {
  const errors = groups.map(({ accuracy }) => 100 - accuracy);
  const faultless = groups.filter((_, i) => errors[i] === 0).map(({ group }) => group);
  if (faultless.length === groups.length) return { ser: null, serReason: 'no group has an error (0 / 0)' };
  if (faultless.length > 0)
    return { ser: null, serReason: `no errors in group ${faultless.join(', ')} (division by 0)` };
  return { ser: Math.max(...errors) / Math.min(...errors) };
}
