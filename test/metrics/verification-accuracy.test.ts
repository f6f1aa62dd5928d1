import { describe, expect, test } from '@jest/globals';
import { THRESHOLDS, bestThreshold, squaredDistance, tenFoldAccuracy } from '../../src/metrics/verification-accuracy';
import reference from '../fixtures/metrics/reference.json';

/** Fold k of 10 holds one genuine pair at distance `near` and one impostor pair at `far`. */
function tenFolds(near: (fold: number) => number, far: (fold: number) => number) {
  const folds = Array.from({ length: 20 }, (_, i) => Math.floor(i / 2));
  const genuine = folds.map((_, i) => (i % 2 === 0 ? 1 : 0));
  return { distances: folds.map((fold, i) => (i % 2 === 0 ? near(fold) : far(fold))), genuine, folds };
}

describe('tenFoldAccuracy()', () => {
  test.each(reference.scores)('equals the scikit-learn protocol: $name', ({ cosines, genuine, folds, tenFold }) => {
    expectReference(tenFoldAccuracy({ distances: cosines.map(squaredDistance), genuine, folds }), tenFold);
  });

  test.each(reference.distances)(
    'equals the scikit-learn protocol: $name',
    ({ distances, genuine, folds, tenFold }) => {
      expectReference(tenFoldAccuracy({ distances, genuine, folds }), tenFold);
    },
  );

  test('takes the first of equally good thresholds, and < is strict', () => {
    const result = tenFoldAccuracy(
      tenFolds(
        () => 0.5,
        () => 1.5,
      ),
    );
    // 0.50 is not < 0.50, so the first threshold that separates is 0.51.
    expect(result.thresholds).toEqual(new Array(10).fill(0.51));
    expect(result).toMatchObject({ accuracy: 100, foldStd: 0, foldSizes: new Array(10).fill(2) });
  });

  test('measures a fold with the threshold of the other nine', () => {
    // Fold 0 alone is reversed: at the others' threshold both of its pairs are wrong. The others see it in training: 1.51 > 0.5
    // keeps 16 of 18 right and so stays their first best threshold, since nothing gains by moving.
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

  test('folds may differ in size: each counts equally in the mean', () => {
    const even = tenFolds(
      () => 0.5,
      () => 1.5,
    );
    const { distances, genuine, folds } = even;
    // One more impostor pair in fold 9, wrong at 0.51: fold 9 has 2 of 3.
    const more = { distances: [...distances, 0.2], genuine: [...genuine, 0], folds: [...folds, 9] };
    const result = tenFoldAccuracy(more);
    expect(result.foldSizes[9]).toBe(3);
    expect(result.accuracy).toBeCloseTo((9 * 100 + 200 / 3) / 10, 10);
  });

  test('refuses an empty fold, too few folds and a fold out of range', () => {
    const pairs = tenFolds(
      () => 0.5,
      () => 1.5,
    );
    const without = (fold: number) => ({ ...pairs, folds: pairs.folds.map(f => (f === fold ? 0 : f)) });
    expect(() => tenFoldAccuracy(without(4))).toThrow('fold 4 has no pairs');
    expect(() => tenFoldAccuracy({ ...pairs, folds: pairs.folds.map(() => 0) })).toThrow('fold 1 has no pairs');
    expect(() => tenFoldAccuracy({ ...pairs, folds: pairs.folds.map(f => f + 1) })).toThrow('pair 18 is in fold 10');
    expect(() => tenFoldAccuracy({ distances: [], genuine: [], folds: [] })).toThrow('fold 0 has no pairs');
  });
});

test('bestThreshold() takes the first best of the grid over all pairs', () => {
  expect(bestThreshold({ distances: [0.5, 0.7, 1.2, 0.6], genuine: [1, 1, 0, 0], folds: [0, 0, 0, 0] })).toBe(0.51);
  expect(bestThreshold({ distances: [3, 1], genuine: [1, 0], folds: [0, 0] })).toBe(0);
});

test('THRESHOLDS is the grid of np.arange(0, 4, 0.01)', () => {
  expect(THRESHOLDS).toHaveLength(400);
  expect([THRESHOLDS[0], THRESHOLDS[1], THRESHOLDS[399]]).toEqual([0, 0.01, 399 * 0.01]);
});

interface Expected {
  readonly accuracy: number;
  readonly foldStd: number;
  readonly foldAccuracies: readonly number[];
  readonly thresholds: readonly number[];
}

function expectReference(found: Expected, wanted: Expected): void {
  expect(found.thresholds).toEqual(wanted.thresholds);
  found.foldAccuracies.forEach((accuracy, i) => expect(accuracy).toBeCloseTo(wanted.foldAccuracies[i]!, 10));
  expect(found.accuracy).toBeCloseTo(wanted.accuracy, 10);
  expect(found.foldStd).toBeCloseTo(wanted.foldStd, 10);
}
