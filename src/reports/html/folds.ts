import type { BiasComparison } from '../compare';
import { standardErrorOf } from '../difference';
import { fixed } from '../numbers';
import { dataTable, section, type Section } from './parts';

/** Accuracy of every fold: what the uncertainties are made of. */
export function foldsSection({ models }: BiasComparison): Section {
  const folds = models[0]!.groups[0]!.foldAccuracies.map((_, fold) => `Fold ${fold}`);
  return section('folds', 'Accuracy by fold', [
    dataTable({
      caption:
        'Accuracy in percent of every fold. STD (ddof 0) and standard error (ddof 1, divided by sqrt 10) are over the folds of one group, not over the groups.',
      head: ['Model', 'Group', ...folds, 'Mean', 'STD of folds', 'Std. error'],
      words: 2,
      rows: models.flatMap(({ label, groups }) =>
        groups.map(({ group, accuracy, foldStd, foldAccuracies }) => [
          label,
          group,
          ...foldAccuracies.map(each => fixed(each)),
          fixed(accuracy),
          fixed(foldStd),
          fixed(standardErrorOf(foldAccuracies)),
        ]),
      ),
    }),
  ]);
}
