import { describe, expect, test } from '@jest/globals';
import { evaluateGroup, evaluateOverall } from '../../../src/evaluation/metrics/evaluation';
import { ratesAt } from '../../../src/evaluation/metrics/fmr-fnmr';
import type { Comparisons } from '../../../src/evaluation/metrics/comparisons';

/** Two genuine pairs, then two impostor pairs, in each of ten folds. */
function group(genuine: number, impostor: number, outlier: number): Comparisons {
  const pairs = Array.from({ length: 40 }, (_, i) => i);
  return {
    scores: pairs.map(i => (i === 2 ? outlier : i % 4 < 2 ? genuine : impostor)),
    genuine: pairs.map(i => (i % 4 < 2 ? 1 : 0)),
    folds: pairs.map(i => Math.floor(i / 4)),
  };
}

describe('ratesAt()', () => {
  test('divides false matches by impostor pairs and false non-matches by genuine pairs', () => {
    // Cosine 0.5 is squared distance 1, which is not < 1.
    const pairs = { scores: [0.9, 0.5, 0.4, 0.6, 0.1], genuine: [1, 1, 1, 0, 0], folds: [0, 0, 0, 0, 0] };
    expect(ratesAt(pairs, 1)).toEqual({ fmr: 1 / 2, fnmr: 2 / 3 });
  });

  test('has no rate for a class without pairs', () => {
    expect(ratesAt({ scores: [0.9], genuine: [1], folds: [0] }, 1)).toEqual({ fmr: null, fnmr: 0 });
    expect(ratesAt({ scores: [], genuine: [], folds: [] }, 1)).toEqual({ fmr: null, fnmr: null });
  });
});

describe('evaluateGroup()', () => {
  test('counts pairs and measures every metric that is named, in that order', () => {
    const { group: evaluation, measurements } = evaluateGroup('B', group(0.8, 0.1, 0.9), { excludedPairs: 3 });
    expect(evaluation).toMatchObject({ group: 'B', pairs: 40, genuine: 20, impostor: 20, excludedPairs: 3 });
    // One impostor of 40 pairs is wrong, in fold 0 of 4 pairs: (75 + 9 x 100) / 10.
    expect(evaluation.accuracy).toBe(97.5);
    // 19 of 20 impostors lie below every genuine pair, one above.
    expect(measurements.map(({ metric, group: of, at, value }) => [metric, of, at, value])).toEqual([
      ['accuracy', 'B', undefined, 97.5],
      ['auc', 'B', undefined, expect.closeTo(19 / 20, 12)],
      ['eer', 'B', undefined, expect.closeTo(1 / 20, 12)],
      ['tar-at-fmr', 'B', 0.1, 1],
      ['tar-at-fmr', 'B', 0.01, null],
      ['tar-at-fmr', 'B', 0.001, null],
    ]);
    const few = evaluateGroup('B', group(0.8, 0.1, 0.9), {
      metrics: [{ metric: 'tar-at-fmr', fmrs: [0.05] }, { metric: 'eer' }],
    });
    expect(few.measurements.map(({ metric, at }) => [metric, at])).toEqual([
      ['tar-at-fmr', 0.05],
      ['eer', undefined],
    ]);
    expect(few.group.accuracy).toBe(97.5);
  });

  test('of genuine pairs only has neither accuracy nor rates, but reasons', () => {
    const pairs = group(0.8, 0.1, 0.1);
    const genuineOnly = { ...pairs, genuine: Array.from(pairs.genuine, () => 1) };
    const { group: evaluation, measurements } = evaluateGroup('A', genuineOnly);
    const reason = 'there are no impostor pairs';
    expect(evaluation).toMatchObject({ impostor: 0, accuracy: null, reason, foldStd: null });
    expect(measurements).toHaveLength(6);
    for (const one of measurements) expect(one).toMatchObject({ value: null, reason });
  });
});

test('evaluateOverall() applies one threshold, the best over all pairs, to every group', () => {
  // Group A separates at any cosine in 0.1..0.5; group B at any in 0.6..0.9: no threshold serves both. Below 0.5, B's 20 impostors
  // match; above 0.6, A's 20 genuine pairs do not: equally many errors. Distances are 0.2, 0.8, 1.0 and 1.8; of the two best gaps
  // 1.0..1.8 is wider than 0.2..0.8, so the threshold is 1.4, where A is right and all of B matches.
  const comparisons = new Map([
    ['A', group(0.5, 0.1, 0.1)],
    ['B', group(0.9, 0.6, 0.6)],
  ]);
  const evaluations = [...comparisons].map(([name, pairs]) => evaluateGroup(name, pairs).group);
  const overall = evaluateOverall(evaluations, comparisons);
  expect(overall).toMatchObject({ mean: 100, stdDdof0: 0, ser: null });
  expect(overall.globalThreshold.threshold).toBeCloseTo(1.4, 12);
  expect(overall.globalThreshold.cosine).toBeCloseTo(0.3, 12);
  expect(overall.globalThreshold.perGroup).toEqual([
    { group: 'A', fmr: 0, fnmr: 0 },
    { group: 'B', fmr: 1, fnmr: 0 },
  ]);
});

test('evaluateOverall() leaves groups without an accuracy out of everything, and names them', () => {
  const whole = group(0.8, 0.1, 0.1);
  const comparisons = new Map([
    ['A', whole],
    ['B', group(0.8, 0.1, 0.9)],
    // As a group of impostors only would spoil the threshold of all: 0.8 is a match for the others.
    ['C', { ...whole, genuine: Array.from(whole.genuine, () => 0) }],
  ]);
  const evaluations = [...comparisons].map(([name, pairs]) => evaluateGroup(name, pairs).group);
  evaluations.push(
    evaluateGroup('D', { scores: [], genuine: [], folds: [] }, { excludedPairs: 4, listedPairs: 4 }).group,
  );
  const overall = evaluateOverall(evaluations, comparisons);
  // A 100, B 97.5.
  expect(overall).toMatchObject({
    mean: 98.75,
    stdDdof0: 1.25,
    missing: [
      { group: 'C', reason: 'there are no genuine pairs' },
      { group: 'D', reason: 'there are no pairs' },
    ],
  });
  expect(overall.globalThreshold.perGroup).toContainEqual({ group: 'A', fmr: 0, fnmr: 0 });
  expect(evaluations[3]).toMatchObject({ listedPairs: 4, excludedPairs: 4, pairs: 0, accuracy: null });
});
