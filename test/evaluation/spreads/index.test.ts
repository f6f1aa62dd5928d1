import { describe, expect, test } from '@jest/globals';
import type { Measurement } from '../../../src/data/evaluation';
import { groupSpread } from '../../../src/evaluation/metrics/group-spread';
import { SPREADS } from '../../../src/evaluation/spreads';
import { acrossGroups, describeSpreads } from '../../../src/evaluation/spreads/across-groups';
import { SPREADS_OPTION, USUAL_SPREADS } from '../../../src/evaluation/spreads/spreads-option';
import { object } from '../../../src/kit/options';
import { namedMembers } from '../../../src/workflow/keys/named-members';
import { checkSpread, groupsOf } from '../../contracts/spread';

for (const name of SPREADS.names) checkSpread(name, SPREADS.members[name]);

test('SPREADS by hand', () => {
  // Mean 94; deviations -4, 0, 2, 2: squares 24. Errors 10, 6, 4, 4.
  const groups = groupsOf(90, 94, 96, 96);
  const values = Object.fromEntries(SPREADS.names.map(name => [name, SPREADS.members[name].measure(groups).value]));
  expect(values).toEqual({ mean: 94, std: Math.sqrt(6), 'std-ddof1': Math.sqrt(8), ser: 2.5, gap: 6 });
});

// Or a new spread would change the key of every evaluation.
test('a step that names no spreads has those of the day when they became a list', () => {
  expect(SPREADS_OPTION.default).toBe(USUAL_SPREADS);
  const named = namedMembers(object('Options', { spreads: SPREADS_OPTION }), { spreads: USUAL_SPREADS });
  expect(named).toEqual({ spreads: ['mean', 'ser', 'std', 'std-ddof1'] });
});

describe('acrossGroups()', () => {
  const measured = (metric: string, at: number | undefined, ...values: readonly (number | null)[]): Measurement[] =>
    values.map((value, i) => ({
      ...{ metric, group: 'ABCD'[i]!, value },
      ...(at !== undefined && { at }),
      ...(value === null && { reason: 'none' }),
    }));

  test('has the numbers of the headline for accuracy', () => {
    const accuracies = [90, 94, 96, 93];
    const across = acrossGroups(measured('accuracy', undefined, ...accuracies), USUAL_SPREADS);
    const { mean, stdDdof0, stdDdof1, ser } = groupSpread(
      accuracies.map((accuracy, i) => ({ group: `${i}`, accuracy })),
    );
    expect(across.map(({ value }) => value)).toEqual([mean, stdDdof0, stdDdof1, ser]);
  });

  test('takes errors from the better end of the range of the metric', () => {
    // AUC 0.9 and 0.8: errors 0.1 and 0.2. EER 0.1 and 0.4 are errors themselves.
    const both = [...measured('auc', undefined, 0.9, 0.8), ...measured('eer', undefined, 0.1, 0.4)];
    expect(acrossGroups(both, ['ser']).map(({ metric, value }) => [metric, value])).toEqual([
      ['auc', expect.closeTo(2, 12)],
      ['eer', 4],
    ]);
  });

  test('is over the groups that have a value, place by place, and says over how many', () => {
    const places = [...measured('tar-at-fmr', 0.1, 0.5, null, 0.7), ...measured('tar-at-fmr', 0.01, null, 0.5, null)];
    expect(acrossGroups([...places, ...measured('auc', undefined, null)], ['mean', 'gap'])).toEqual([
      { spread: 'mean', metric: 'tar-at-fmr', at: 0.1, groups: 2, value: expect.closeTo(0.6, 12) },
      { spread: 'gap', metric: 'tar-at-fmr', at: 0.1, groups: 2, value: expect.closeTo(0.2, 12) },
      { spread: 'mean', metric: 'tar-at-fmr', at: 0.01, groups: 1, value: 0.5 },
      {
        ...{ spread: 'gap', metric: 'tar-at-fmr', at: 0.01, groups: 1 },
        value: null,
        reason: 'only group B has a value',
      },
      { spread: 'mean', metric: 'auc', groups: 0, value: null, reason: 'no group has a value' },
      { spread: 'gap', metric: 'auc', groups: 0, value: null, reason: 'no group has a value' },
    ]);
  });

  test('is described as the list does', () => {
    expect(describeSpreads(['gap']).map(({ spread, unit }) => [spread, unit])).toEqual([['gap', 'of the metric']]);
  });
});
