import { expect, test } from '@jest/globals';
import { lossChart } from '../../../src/learning/training/loss-chart';

const csvOf = (steps: number): string =>
  ['step,epoch,learningRate,loss,identityLoss,distillationLoss,accuracy,gradientNorm,clipFactor']
    .concat(
      Array.from({ length: steps }, (_, i) => `${i + 1},0,0.1,${3 * (i + 1)},${2 * (i + 1)},${(i + 1) / 10},0,8,1`),
    )
    .join('\n') + '\n';

test('lossChart() draws a curve that does not grow with the steps', () => {
  const [short, long] = [lossChart(csvOf(400), 'A title', 10), lossChart(csvOf(4000), 'A title', 10)];
  expect(long.length).toBeLessThan(1.2 * short.length);
  expect(short).toContain('A title');
});

test('lossChart() means over the steps between two points, the last of them too', () => {
  // 401 steps are 2 a point, and one is left.
  const [halves, whole] = [csvOf(401), csvOf(401).replace(/^(401,0,0\.1,).*$/m, '$1,1e9,1e9,1e9,0,8,1')];
  expect(lossChart(halves, 'A title', 10)).not.toBe(lossChart(whole, 'A title', 10));
});

test('lossChart() draws no curve of a teacher that was not there', () => {
  const alone = lossChart(csvOf(4), 'A title', 0);
  expect(alone).toContain('identity');
  expect(alone).not.toContain('distillation');
  expect(lossChart(csvOf(4), 'A title', 10)).toContain('distillation x 10');
});
