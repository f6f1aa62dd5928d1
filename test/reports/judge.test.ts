import { describe, expect, test } from '@jest/globals';
import { compareModels, type BiasComparison } from '../../src/reports/compare';
import { comparedModel, madeUpPairs, type MadeUpPair } from '../helpers/evaluations';

const PAIRS = madeUpPairs({ label: 'any', role: 'other', separation: { A: 0.4, B: 0.4 }, pairsPerFold: 20 });

const judge = (pairs: readonly MadeUpPair[]): BiasComparison['models'][number] =>
  compareModels([comparedModel({ label: 'model', role: 'other' }, pairs)], { title: '', notes: '' }).models[0]!;

/** Pairs of A, changed; B stays. */
const inA = (change: (pair: MadeUpPair) => MadeUpPair[]): MadeUpPair[] =>
  PAIRS.flatMap(pair => (pair.group === 'A' ? change(pair) : [pair]));

describe('judgeModels()', () => {
  test('counts nobody whose pairs are all in folds that do not count', () => {
    // Folds 0 and 1 have pairs of both kinds, of three people; the others impostors only, of many.
    const pairs = inA(pair => {
      if (pair.fold > 1) return pair.genuine ? [] : [pair];
      return [{ ...pair, identity_a: 'one', identity_b: pair.genuine ? 'one' : `no. ${pair.fold}` }];
    });
    const { groups, mean } = judge(pairs).uncertainty;
    expect(groups[0]).toMatchObject({ people: 3, interval: null, reason: 'only 3 people, want at least 10' });
    expect(groups[1]!.interval).not.toBeNull();
    expect(mean).toBeNull();
  });

  test.each([
    ['genuine', true, 'only 1 person in its genuine pairs, want at least 10'],
    ['impostor', false, 'only 2 people in its impostor pairs, want at least 10'],
  ])('gives no interval where %s pairs are of few people, however many the others have', (_, genuine, reason) => {
    const few = { identity_a: 'one', identity_b: genuine ? 'one' : 'two' };
    const { groups } = judge(inA(pair => [pair.genuine === genuine ? { ...pair, ...few } : pair])).uncertainty;
    expect(groups[0]).toMatchObject({ interval: null, recognises: null, reason });
    expect(groups[0]!.people).toBeGreaterThan(100);
  });

  test('does not say of a model that it fails where too few people are there to tell', () => {
    const together = PAIRS.map(pair => ({ ...pair, identity_a: 'one', identity_b: pair.genuine ? 'one' : 'two' }));
    const { unrecognised, groups } = judge(together);
    expect(groups[0]!.accuracy).toBeGreaterThan(90);
    expect(unrecognised).toEqual([]);
  });

  test('gives no interval to a spread that is cut off at chance', () => {
    const flat = judge(PAIRS.map(pair => ({ ...pair, score: 0.5 })));
    expect(flat).toMatchObject({ overall: { stdDdof0: 0, ser: 1 }, unrecognised: ['A', 'B'] });
    expect(flat.uncertainty).toMatchObject({ stdDdof0: null, stdDdof1: null, ser: null });
    expect(flat.uncertainty.groups[0]!.interval).not.toBeNull();
  });

  test('gives the mean of one group the interval of its accuracy', () => {
    const { mean, groups } = judge(PAIRS.filter(({ group }) => group === 'A')).uncertainty;
    expect(mean).not.toBeNull();
    expect(mean).toEqual(groups[0]!.interval);
  });
});
