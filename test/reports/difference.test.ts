import { describe, expect, test } from '@jest/globals';
import { compareModels, type BiasComparison } from '../../src/reports/compare';
import type { ModelDifference } from '../../src/reports/difference';
import { comparedModel, pairsWithErrors } from '../helpers/evaluations';

const every = (errors: number): number[] => new Array<number>(10).fill(errors);

/** First a distilled student with these errors per fold of 20 pairs, then a plain one. */
function compare(first: Record<string, number[]>, second: Record<string, number[]>): BiasComparison {
  const models = [
    comparedModel({ label: 'second', role: 'plain' }, pairsWithErrors(second)),
    comparedModel({ label: 'first', role: 'distilled' }, pairsWithErrors(first)),
  ];
  return compareModels(models, { title: '', notes: '' });
}

const differ = (first: Record<string, number[]>, second: Record<string, number[]>): ModelDifference =>
  compare(first, second).effects[0]!;

describe('differences of models', () => {
  test('subtract accuracies, mean and spreads: first minus second', () => {
    // One error is 5 points. First: 90 and 90. Second: 80 and 90, so STD 5 (ddof 0) and sqrt(50) (ddof 1), SER 20 / 10.
    const difference = differ({ A: every(2), B: every(2) }, { A: every(4), B: every(2) });
    expect(difference).toMatchObject({ first: 'first', second: 'second' });
    expect(difference.groups.map(({ group, value }) => [group, value])).toEqual([
      ['A', expect.closeTo(10, 9)],
      ['B', 0],
    ]);
    expect(difference.mean.value).toBeCloseTo(5, 9);
    expect(difference.stdDdof0.value).toBeCloseTo(-5, 9);
    expect(difference.stdDdof1.value).toBeCloseTo(-Math.sqrt(50), 9);
    expect(difference.stdDdof1.interval![0]).toBeCloseTo(difference.stdDdof0.interval![0] * Math.SQRT2, 9);
    expect(difference.ser.value).toBeCloseTo(-1, 9);
  });

  test('see evidence only where an interval leaves out 0, on the side of the difference', () => {
    // In A 20 pairs of 200 are better and none worse, in B one.
    const one = [1, ...new Array<number>(9).fill(2)];
    const [a, b] = differ({ A: every(2), B: one }, { A: every(4), B: every(2) }).groups;
    expect(a!.evidence).toBe(true);
    expect(a!.interval![0]).toBeGreaterThan(0);
    expect(b).toMatchObject({ value: expect.closeTo(0.5, 9), evidence: false });
    expect(b!.interval![0]).toBeLessThan(0);
    const [back] = differ({ A: every(4), B: every(2) }, { A: every(2), B: one }).groups;
    expect(back!.evidence).toBe(true);
    expect(back!.interval![1]).toBeLessThan(0);
  });

  test('have no interval where both decide alike, nor a value where one is undefined', () => {
    const { groups, ser, spreadsDisagree } = differ({ A: every(0), B: every(1) }, { A: every(1), B: every(1) });
    expect(groups[1]).toEqual({
      group: 'B',
      value: 0,
      interval: null,
      evidence: false,
      reason: 'both decide every pair alike',
    });
    expect(ser).toMatchObject({ value: null, interval: null, reason: 'one of the two is undefined' });
    expect(spreadsDisagree).toBe(false);
  });

  test('tell when STD and SER move in opposite directions beyond chance', () => {
    // 70 and 80 in turn against 95 and 99.5: STD 5 and 2.25, SER 1.5 and 10.
    const high = { A: every(1), B: [1, ...new Array<number>(9).fill(0)] };
    const { stdDdof0, ser, spreadsDisagree } = differ(high, { A: every(6), B: every(4) });
    expect([stdDdof0.value, ser.value]).toEqual([expect.closeTo(-2.75, 9), expect.closeTo(8.5, 9)]);
    expect(spreadsDisagree).toBe(stdDdof0.evidence && ser.evidence);
  });
});

describe('the best of a column', () => {
  test('is the one that is shown to be better than every other', () => {
    expect(compare({ A: every(1), B: every(2) }, { A: every(4), B: every(2) }).best).toMatchObject({
      groups: [0, undefined],
      mean: 0,
    });
    expect(compare({ A: every(4), B: every(2) }, { A: every(1), B: every(2) }).best).toMatchObject({
      groups: [1, undefined],
      mean: 1,
    });
  });

  test('takes in no teacher, and needs two', () => {
    const models = (['distilled', 'teacher'] as const).map((role, i) =>
      comparedModel({ label: role, role }, pairsWithErrors({ A: every(4 - 3 * i), B: every(2) })),
    );
    expect(compareModels(models, { title: '', notes: '' }).best).toEqual({
      groups: [undefined, undefined],
      mean: undefined,
      std: undefined,
      ser: undefined,
    });
  });
});
