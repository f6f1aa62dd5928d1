import { describe, expect, test } from '@jest/globals';
import { squaredDistance } from '../../../src/evaluation/metrics/distances';
import { gridAccuracy, THRESHOLDS } from '../../../src/evaluation/metrics/grid-accuracy';
import { bestThreshold, tenFoldAccuracy } from '../../../src/evaluation/metrics/verification-accuracy';
import reference from '../../fixtures/metrics/reference.json';
import uncertainty from '../../fixtures/metrics/uncertainty.json';

/** Fold k of 10 holds one genuine pair at distance `near` and one impostor pair at `far`. */
function tenFolds(near: (fold: number) => number, far: (fold: number) => number) {
  const folds = Array.from({ length: 20 }, (_, i) => Math.floor(i / 2));
  const genuine = folds.map((_, i) => (i % 2 === 0 ? 1 : 0));
  return { distances: folds.map((fold, i) => (i % 2 === 0 ? near(fold) : far(fold))), genuine, folds };
}

const separated = tenFolds(
  () => 0.5,
  () => 1.5,
);
const allFolds = new Array<boolean>(10).fill(true);

describe('tenFoldAccuracy()', () => {
  test.each(reference.scores)('finds what a search of every gap finds: $name', ({ name, cosines, genuine, folds }) => {
    const found = tenFoldAccuracy({ distances: cosines.map(squaredDistance), genuine, folds });
    const wanted = uncertainty.exact.find(one => one.name === name)!;
    found.thresholds.forEach((threshold, fold) => expect(threshold).toBeCloseTo(wanted.thresholds[fold]!, 10));
    found.foldAccuracies.forEach((accuracy, fold) => expect(accuracy).toBeCloseTo(wanted.foldAccuracies[fold]!, 10));
    expect(found.accuracy).toBeCloseTo(wanted.accuracy, 10);
  });

  test.each([...reference.scores, ...reference.distances])(
    'gives the accuracy of the insightface grid beside it, as scikit-learn has it: $name',
    ({ genuine, folds, tenFold, ...scores }) => {
      const distances = 'cosines' in scores ? scores.cosines.map(squaredDistance) : scores.distances;
      expect(tenFoldAccuracy({ distances, genuine, folds }).accuracyGrid).toBeCloseTo(tenFold.accuracy, 10);
    },
  );

  test('puts the threshold in the middle of the gap, and a pair at the threshold does not match', () => {
    const result = tenFoldAccuracy(separated);
    expect(result.thresholds).toEqual(new Array(10).fill(1));
    expect(result).toMatchObject({ accuracy: 100, foldStd: 0, foldSizes: new Array(10).fill(2) });
    expect(result).not.toHaveProperty('remarks');
    // The genuine pair of fold 0 at 1, exactly the threshold of the others.
    const edge = tenFolds(
      fold => (fold === 0 ? 1 : 0.5),
      () => 1.5,
    );
    expect(tenFoldAccuracy(edge).foldAccuracies[0]).toBe(50);
  });

  test('sees a model whose distances all lie within one step of the grid', () => {
    // AUC 1, but every distance below 0.01: the grid has 50 %.
    const collapsed = tenFolds(
      () => 0.001,
      () => 0.002,
    );
    expect(tenFoldAccuracy(collapsed)).toMatchObject({ accuracy: 100, accuracyGrid: 50 });
  });

  test('measures a fold with the threshold of the other nine', () => {
    // Fold 0 alone is reversed. Its own pairs would move no threshold of its own: both are wrong at that of the others.
    const result = tenFoldAccuracy(
      tenFolds(
        fold => (fold === 0 ? 3 : 0.5),
        fold => (fold === 0 ? 0.1 : 1.5),
      ),
    );
    expect(result.foldAccuracies).toEqual([0, 100, 100, 100, 100, 100, 100, 100, 100, 100]);
    expect(result.accuracy).toBe(90);
    expect(result.foldStd).toBeCloseTo(30, 12); // sqrt((90² + 9 x 10²) / 10)
  });

  test('chooses no threshold on the fold that it is applied to', () => {
    // Eleven genuine pairs of fold 0 at 0.9 would pull the threshold above 0.9, past one impostor pair at 0.7 in each other fold.
    const others = tenFolds(
      () => 0.5,
      () => 0.7,
    );
    const pairs = {
      distances: [...others.distances, ...new Array<number>(11).fill(0.9)],
      genuine: [...others.genuine, ...new Array<number>(11).fill(1)],
      folds: [...others.folds, ...new Array<number>(11).fill(0)],
    };
    const result = tenFoldAccuracy(pairs);
    // With the others' threshold 0.6 the eleven are wrong and fold 0's first two right.
    expect(result.thresholds[0]).toBeCloseTo(0.6, 12);
    expect(result.foldAccuracies[0]).toBeCloseTo((100 * 2) / 13, 10);
    expect(result.thresholds[1]).toBeGreaterThan(0.9);
  });

  test('folds may differ in size: each counts equally in the mean', () => {
    const { distances, genuine, folds } = separated;
    // One more impostor pair in fold 9, wrong at 1: fold 9 has 2 of 3.
    const more = { distances: [...distances, 0.2], genuine: [...genuine, 0], folds: [...folds, 9] };
    const result = tenFoldAccuracy(more);
    expect(result.foldSizes[9]).toBe(3);
    expect(result.foldAccuracies[9]).toBeCloseTo(200 / 3, 10);
    expect(result.accuracy).toBeCloseTo((9 * 100 + 200 / 3) / 10, 10);
  });

  test('does not count a fold that is empty or has pairs of one kind, neither as a fold nor for thresholds', () => {
    // Folds 2 and 4 of impostors only: saying no to everybody would be right in all of them. They would also pull the threshold down.
    const pairs = tenFolds(
      fold => (fold === 1 ? 1.2 : 0.5),
      () => 1.1,
    );
    const keep = pairs.folds.map((fold, i) => fold !== 7 && !((fold === 2 || fold === 4) && i % 2 === 0));
    const only = <T>(values: readonly T[]): T[] => values.filter((_, i) => keep[i]);
    const result = tenFoldAccuracy({
      distances: only(pairs.distances),
      genuine: only(pairs.genuine),
      folds: only(pairs.folds),
    });
    expect(result.foldAccuracies).toEqual([100, 50, null, 100, null, 100, 100, null, 100, 100]);
    expect(result.accuracy).toBeCloseTo(650 / 7, 10);
    expect(result.foldSizes).toEqual([2, 2, 1, 2, 1, 2, 2, 0, 2, 2]);
    expect(result.thresholds.map(one => one === null)).toEqual(result.foldAccuracies.map(one => one === null));
    expect(result.remarks).toEqual([
      'folds 2, 4 have no genuine pairs and are not counted: the mean is over 7 of 10 folds',
      'fold 7 has no pairs and is not counted: the mean is over 7 of 10 folds',
    ]);
    expect(result.accuracyGrid).toBeCloseTo(650 / 7, 10);
  });

  test('has no accuracy, but a reason, of pairs of one kind, of one fold and of none', () => {
    const genuineOnly = { ...separated, genuine: separated.genuine.map(() => 1) };
    expect(tenFoldAccuracy(genuineOnly)).toMatchObject({ accuracy: null, reason: 'there are no impostor pairs' });
    const oneFold = { ...separated, folds: separated.folds.map(() => 3) };
    expect(tenFoldAccuracy(oneFold)).toMatchObject({
      accuracy: null,
      foldStd: null,
      accuracyGrid: null,
      reason: 'fold 3 alone has pairs of both kinds, so there are no others to choose its threshold on',
    });
    const apart = { ...separated, genuine: separated.folds.map(fold => fold % 2) };
    expect(tenFoldAccuracy(apart).reason).toBe('no fold has pairs of both kinds');
    expect(tenFoldAccuracy({ distances: [], genuine: [], folds: [] }).reason).toBe('there are no pairs');
  });

  test('refuses a fold out of range', () => {
    const pairs = { ...separated, folds: separated.folds.map(f => f + 1) };
    expect(() => tenFoldAccuracy(pairs)).toThrow('pair 18 is in fold 10');
  });
});

describe('bestThreshold()', () => {
  const of = (distances: number[], genuine: number[]) => bestThreshold({ distances, genuine, folds: genuine });

  test('is the middle of the widest of equally good gaps', () => {
    // 3 of 4 are right between 0.5 and 0.6, and between 0.7 and 1.2.
    expect(of([0.5, 0.7, 1.2, 0.6], [1, 1, 0, 0])).toBeCloseTo(0.95, 12);
    // Both gaps are 0.25 wide: the first.
    expect(of([0.25, 0.75, 1, 0.5], [1, 1, 0, 0])).toBe(0.375);
  });

  test('takes an end only where no gap is as good', () => {
    // Reversed: matching nobody, or everybody, is right in 1 of 2; the first of the two.
    expect(of([3, 1], [1, 0])).toBe(0.5);
    expect(of([1, 2], [1, 1])).toBe(3);
    expect(of([1, 4], [1, 1])).toBeGreaterThan(4);
    expect(of([0, 0], [0, 0])).toBe(0);
    expect(of([], [])).toBeUndefined();
  });

  test('parts neighbours that have no number between them, and never tied pairs', () => {
    const next = 1 + Number.EPSILON;
    expect(of([1, next], [1, 0])).toBe(next);
    // Three at 1: two genuine, one not. All match or none.
    expect(of([1, 1, 1, 2], [1, 1, 0, 0])).toBe(1.5);
  });
});

describe('gridAccuracy()', () => {
  test('takes the first of equally good thresholds, and < is strict', () => {
    // 0.50 is not < 0.50, so the first threshold that separates is 0.51: a genuine pair at 0.51 in fold 0 does not match.
    const { distances, genuine, folds } = separated;
    const moved = (to: number) => distances.map((distance, i) => (i === 0 ? to : distance));
    expect(gridAccuracy({ distances, genuine, folds }, allFolds)).toBe(100);
    expect(gridAccuracy({ distances: moved(THRESHOLDS[51]!), genuine, folds }, allFolds)).toBe(95);
    expect(gridAccuracy({ distances: moved(0.505), genuine, folds }, allFolds)).toBe(100);
  });

  test('has the thresholds of np.arange(0, 4, 0.01)', () => {
    expect(THRESHOLDS).toHaveLength(400);
    expect([THRESHOLDS[0], THRESHOLDS[1], THRESHOLDS[399]]).toEqual([0, 0.01, 399 * 0.01]);
  });
});
