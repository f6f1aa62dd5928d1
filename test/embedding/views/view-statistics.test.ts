import { expect, test } from '@jest/globals';
import { viewStatistics } from '../../../src/embedding/views/view-statistics';

test('viewStatistics() means over all faces and over each group', () => {
  const statistics = viewStatistics({ B: 1, A: 2, C: 0 });
  statistics.add('A', 2, 0.5);
  statistics.add('B', 6, 0.9);
  statistics.add('A', 4, 0.7);
  const summary = statistics.summary();
  expect(summary).toMatchObject({ count: 3, meanNorm: 4 });
  expect(summary.meanViewCosine).toBeCloseTo(0.7, 12);
  expect(summary.groups['A']).toMatchObject({ count: 2, meanNorm: 3 });
  expect(summary.groups['C']).toEqual({ count: 0, meanNorm: null, meanViewCosine: null });
});

test('viewStatistics() refuses a face that the face set did not announce', () => {
  expect(() => viewStatistics({ A: 0 }).add('A', 1, 1)).toThrow('Unexpected face of group A');
  expect(() => viewStatistics({}).add('A', 1, 1)).toThrow('Unexpected face of group A');
});
