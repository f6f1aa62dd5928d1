import { histogram } from '../../pictures/charts/histogram';
import { lineChart } from '../../pictures/charts/line-chart';
import { countPairs, missingClass, type Comparisons } from './comparisons';
import { logRocPoints, rocOf } from './roc';

/** Histograms of the scores of genuine and of impostor pairs over all groups. */
export function scoresChart(label: string, comparisons: ReadonlyMap<string, Comparisons>): string {
  const ofKind = (kind: number): number[] =>
    [...comparisons.values()].flatMap(({ scores, genuine }) =>
      Array.from(scores).filter((_, i) => genuine[i] === kind),
    );
  const series = [
    { name: 'genuine', values: ofKind(1) },
    { name: 'impostor', values: ofKind(0) },
  ].filter(({ values }) => values.length > 0);
  return histogram({ title: `Scores: ${label}`, x: { label: 'cosine' }, series });
}

/** One ROC for each group that has pairs of both kinds. */
export function rocChart(label: string, comparisons: ReadonlyMap<string, Comparisons>): string {
  const both = [...comparisons].filter(([, pairs]) => missingClass(countPairs(pairs)) === null);
  return lineChart({
    title: `ROC: ${label}`,
    x: { label: 'false match rate', log: true },
    y: { label: 'true match rate' },
    series: both.map(([name, pairs]) => ({ name, points: logRocPoints(rocOf(pairs)), step: true })),
  });
}
