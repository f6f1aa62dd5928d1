import type { BiasComparison } from '../compare';
import { standardErrorOf } from '../difference';
import { fixed } from '../numbers';
import { markup } from './markup';
import { dataTable, section, type Section } from './parts';

/** Accuracy of every fold: what the uncertainties are made of. */
export function foldsSection({ models }: BiasComparison): Section {
  const tables = models.map(({ label, groups }) =>
    dataTable({
      caption: markup`<strong>${label}</strong>: accuracy in percent of folds 0 to 9`,
      head: ['Group', ...groups[0]!.foldAccuracies.map((_, fold) => String(fold)), 'Mean', 'STD', 'Std. error'],
      rows: groups.map(({ group, accuracy, foldStd, foldAccuracies }) => [
        group,
        ...foldAccuracies.map(each => fixed(each)),
        fixed(accuracy),
        fixed(foldStd),
        fixed(standardErrorOf(foldAccuracies)),
      ]),
    }),
  );
  const reading = markup`<p>STD here is over the 10 folds of one group (ddof 0), not over the groups. Standard error: STD with ddof 1, divided by √10.</p>`;
  return section('folds', 'Accuracy by fold', [reading, ...tables]);
}
