import { expect, test } from '@jest/globals';
import { METRICS } from '../../../src/evaluation/metrics';
import { checkMetric } from '../../contracts/metric';

for (const metric of METRICS) checkMetric(metric);

test('METRICS have distinct names and a definition each', () => {
  expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
  for (const { definition } of METRICS) expect(definition.length).toBeGreaterThan(20);
});
