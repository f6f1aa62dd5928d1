import { expect, test } from '@jest/globals';
import { METRICS } from '../../../src/evaluation/metrics';
import { countPairs } from '../../../src/evaluation/metrics/comparisons';
import { METRICS_OPTION, refuseMetricTwice, USUAL_METRICS } from '../../../src/evaluation/metrics/metrics-option';
import { namedMembers } from '../../../src/workflow/keys/named-members';
import { object } from '../../../src/kit/options';
import { checkMetric } from '../../contracts/metric';

for (const name of METRICS.names) checkMetric(name, METRICS.members[name]);

test('METRICS have distinct labels', () => {
  expect(new Set(METRICS.names.map(name => METRICS.members[name].label)).size).toBe(METRICS.names.length);
});

// Or a new metric would change the key of every evaluation.
test('a step that names no metrics has those of the day when they became a list', () => {
  const schema = object('Options', { metrics: METRICS_OPTION });
  expect(METRICS_OPTION.default).toBe(USUAL_METRICS);
  expect(namedMembers(schema, { metrics: USUAL_METRICS })).toEqual({
    metrics: ['accuracy', 'auc', 'eer', 'tar-at-fmr'],
  });
});

test('refuseMetricTwice() takes different ones only', () => {
  expect(() => refuseMetricTwice(USUAL_METRICS)).not.toThrow();
  const twice = [...USUAL_METRICS, { metric: 'tar-at-fmr', fmrs: [0.2] }] as const;
  expect(() => refuseMetricTwice(twice)).toThrow('the metric "tar-at-fmr" is named twice');
});

test('countPairs() refuses NaN, infinite scores and lists of different length', () => {
  const pairs = { scores: [0.1, 0.2], genuine: [1, 0], folds: [0, 0] };
  expect(countPairs(pairs)).toEqual({ genuine: 1, impostor: 1 });
  for (const wrong of [NaN, Infinity, -Infinity])
    expect(() => countPairs({ ...pairs, scores: [0, wrong] })).toThrow('want a finite');
  expect(() => countPairs({ ...pairs, genuine: [1] })).toThrow('not equally many');
  expect(() => countPairs({ ...pairs, folds: [1] })).toThrow('not equally many');
});
