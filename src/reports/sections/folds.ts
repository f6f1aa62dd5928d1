import type { ReportedComparison } from '../compare';
import { fixed } from '../numbers';
import { markup } from '../../pictures/page/markup';
import { dataTable } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

export const folds: ReportSection = {
  summary: 'accuracy of every fold',
  draw,
};

function draw({ models }: ReportedComparison): SectionContent {
  const tables = models.map(({ label, groups, uncertainty }) =>
    dataTable({
      caption: markup`<strong>${label}</strong>: accuracy in percent of folds 0 to 9`,
      head: ['Group', ...groups[0]!.foldAccuracies.map((_, fold) => String(fold)), 'Mean', 'STD', 'Std. error'],
      rows: groups.map(({ group, accuracy, foldStd, foldAccuracies }) => [
        group,
        ...foldAccuracies.map(each => fixed(each)),
        fixed(accuracy),
        fixed(foldStd),
        fixed(uncertainty.groups.find(one => one.group === group)?.standardError ?? null),
      ]),
    }),
  );
  const reading = markup`<p>STD here is over the 10 folds of one group (ddof 0), not over the groups. Standard error: of the mean, from the people in the pairs; folds share thresholds, and often people, so their own spread would make it too small.</p>`;
  return { title: 'Accuracy by fold', content: [reading, ...tables] };
}
