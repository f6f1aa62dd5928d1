import type { ReportedComparison } from '../compare';
import { caveatsSection } from '../sections/caveats';
import { comparedSection } from '../sections/compared';
import { effectSection } from '../sections/effect';
import { foldsSection } from '../sections/folds';
import { headlineSection } from '../sections/headline';
import { markup } from '../../pictures/page/markup';
import { page } from '../page/page';
import { ratesSection } from '../sections/rates';
import { scoresSection } from '../sections/scores';
import { thresholdsSection } from '../sections/thresholds';
import type { Report } from '../report';

/** The report for people: one page, without scripts, that loads nothing. */
export const htmlReport = {
  name: 'html',
  summary: 'A page with tables and charts, complete in itself',
  file: 'report.html',
  render: (comparison: ReportedComparison) => {
    const { title, notes, models, groups } = comparison;
    const counts = `${models.length} model${models.length === 1 ? '' : 's'} on ${groups.length} group${groups.length === 1 ? '' : 's'}: ${groups.join(', ')}.`;
    const lead = markup`<p class="lead">${counts}</p>${notes === '' ? '' : markup`<p>${notes}</p>`}`;
    const effect = effectSection(comparison);
    return page(title, lead, [
      headlineSection(comparison),
      ...(effect === undefined ? [] : [effect]),
      ratesSection(comparison),
      scoresSection(comparison),
      foldsSection(comparison),
      thresholdsSection(comparison),
      comparedSection(comparison),
      caveatsSection(comparison),
    ]);
  },
} satisfies Report;
