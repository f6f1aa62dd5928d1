import type { GroupValue, Spread, Spreading } from './spread';

export const ser: Spread = {
  summary: 'skewed error ratio, highest error over lowest error',
  label: 'SER',
  definition:
    'max error / min error over the groups, where the error is the distance from the best value that the metric can have; at least 1, and 1 is fair; none when a group has no error',
  unit: 'none',
  least: 2,
  measure: errorRatio,
};

/** A group without errors makes the ratio infinite, or 0 / 0 when no group has any: neither is a number that models can be ranked by. */
export function errorRatio(groups: readonly Pick<GroupValue, 'group' | 'error'>[]): Spreading {
  const faultless = groups.filter(({ error }) => error === 0).map(({ group }) => group);
  if (faultless.length === groups.length) return { value: null, reason: 'no group has an error (0 / 0)' };
  if (faultless.length > 0)
    return { value: null, reason: `no errors in group ${faultless.join(', ')} (division by 0)` };
  const errors = groups.map(({ error }) => error);
  return { value: Math.max(...errors) / Math.min(...errors) };
}
