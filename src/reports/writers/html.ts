import type { ReportedComparison } from '../compare';
import { page } from '../page/page';
import { markup } from '../../pictures/page/markup';
import { SECTIONS } from '../sections';
import type { ReportPage } from '../report';

/** The report for people: one page, without scripts, that loads nothing. */
export const htmlReport: ReportPage = {
  name: 'html',
  summary: 'A page with tables and charts, complete in itself',
  caption: 'Accuracy, error rates and their spread over the groups, by model',
  file: 'report.html',
  render: (comparison: ReportedComparison) => {
    const { title, notes, models, groups } = comparison;
    const counts = `${models.length} model${models.length === 1 ? '' : 's'} on ${groups.length} group${groups.length === 1 ? '' : 's'}: ${groups.join(', ')}.`;
    const lead = markup`<p class="lead">${counts}</p>${notes === '' ? '' : markup`<p>${notes}</p>`}`;
    return page(
      title,
      lead,
      SECTIONS.flatMap(section => section(comparison) ?? []),
    );
  },
};
