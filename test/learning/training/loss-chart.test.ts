import { expect, test } from '@jest/globals';
import { lossChart } from '../../../src/learning/training/loss-chart';

const TERMS = [
  { name: 'head', weight: 1 },
  { name: 'distance', weight: 10 },
];

const csvOf = (steps: number): string =>
  ['step,epoch,learningRate,loss,head,distance,accuracy,gradientNorm,clipFactor']
    .concat(
      Array.from({ length: steps }, (_, i) => `${i + 1},0,0.1,${3 * (i + 1)},${2 * (i + 1)},${(i + 1) / 10},0,8,1`),
    )
    .join('\n') + '\n';

test('lossChart() draws a curve that does not grow with the steps', () => {
  const [short, long] = [lossChart(csvOf(400), 'A title', TERMS), lossChart(csvOf(4000), 'A title', TERMS)];
  expect(long.length).toBeLessThan(1.2 * short.length);
  expect(short).toContain('A title');
});

test('lossChart() means over the steps between two points, the last of them too', () => {
  // 401 steps are 2 a point, and one is left.
  const [halves, whole] = [csvOf(401), csvOf(401).replace(/^(401,0,0\.1,).*$/m, '$1,1e9,1e9,1e9,0,8,1')];
  expect(lossChart(halves, 'A title', TERMS)).not.toBe(lossChart(whole, 'A title', TERMS));
});

test('lossChart() draws no curve of a teacher that was not there', () => {
  const alone = lossChart(csvOf(4), 'A title', TERMS.slice(0, 1));
  expect(alone).toContain('head');
  expect(alone).not.toContain('distance');
  expect(alone).not.toContain('total');
  expect(lossChart(csvOf(4), 'A title', TERMS)).toContain('distance x 10');
});
