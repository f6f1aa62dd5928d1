import { describe, expect, test } from '@jest/globals';
import { groupSpread } from '../../../src/evaluation/metrics/group-spread';

function groups(...accuracies: number[]) {
  return accuracies.map((accuracy, i) => ({ group: 'ABCD'[i]!, accuracy }));
}

describe('groupSpread()', () => {
  test('gives the mean, both standard deviations and the error ratio, by hand', () => {
    // Mean 94; deviations -4, 0, 2, 2: squares 16 + 0 + 4 + 4 = 24. Errors 10, 6, 4, 4.
    expect(groupSpread(groups(90, 94, 96, 96))).toEqual({
      mean: 94,
      stdDdof0: Math.sqrt(24 / 4),
      stdDdof1: Math.sqrt(24 / 3),
      ser: 10 / 4,
      missing: [],
    });
  });

  test('agrees with numbers printed by others for four groups', () => {
    // A public set of accuracies with STD 1.06995 (ddof 0) and SER 1.56055, rounded accuracies as printed.
    const spread = groupSpread(groups(92.483, 92.667, 95.183, 93.633));
    expect(spread.stdDdof0).toBeCloseTo(1.06995, 3);
    expect(spread.ser).toBeCloseTo(1.56055, 3);
  });

  test('does not divide by an error of 0', () => {
    expect(groupSpread(groups(100, 98))).toMatchObject({
      ser: null,
      serReason: 'no errors in group A (division by 0)',
    });
    expect(groupSpread(groups(100, 100))).toMatchObject({
      ser: null,
      serReason: 'no group has an error (0 / 0)',
      stdDdof0: 0,
    });
  });

  test('of one group, or none, has no spread, and says why', () => {
    const reason = 'only group A has an accuracy';
    const spread = { stdDdof0: null, stdDdof1: null, stdReason: reason, ser: null, serReason: reason };
    expect(groupSpread(groups(97))).toEqual({ mean: 97, ...spread, missing: [] });
    expect(groupSpread([])).toMatchObject({ mean: null, stdDdof0: null, stdReason: 'no group has an accuracy' });
  });

  test('is over the groups that have an accuracy, and names the others', () => {
    const some = [...groups(90, 94), { group: 'X', accuracy: null, reason: 'there are no pairs' }];
    expect(groupSpread(some)).toMatchObject({
      mean: 92,
      stdDdof0: 2,
      ser: 10 / 6,
      missing: [{ group: 'X', reason: 'there are no pairs' }],
    });
  });

  test.each([[NaN], [101], [-1, 50]])('refuses accuracies that are none: %j', (...accuracies) => {
    expect(() => groupSpread(groups(...accuracies))).toThrow('want accuracies in percent');
  });
});
