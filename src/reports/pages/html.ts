import { markup } from '../../pictures/page/markup';
import type { ReportedComparison } from '../compare';
import { page } from '../page/page';
import { section } from '../page/parts';
import { SECTIONS } from '../sections';
import type { ReportPage } from '../writer';

/** The report for people: one page, without scripts, that loads nothing. */
export const html: ReportPage = {
  summary: 'A page with tables and charts, complete in itself',
  caption: 'Accuracy, error rates and their spread over the groups, by model',
  file: 'report.html',
  render: (comparison: ReportedComparison) => {
    const { title, notes, models, groups } = comparison;
    const counts = `${models.length} model${models.length === 1 ? '' : 's'} on ${groups.length} group${groups.length === 1 ? '' : 's'}: ${groups.join(', ')}.`;
    const lead = markup`<p class="lead">${counts}</p>${notes === '' ? '' : markup`<p>${notes}</p>`}`;
    const sections = SECTIONS.names.flatMap(name => {
      const drawn = SECTIONS.members[name].draw(comparison);
      return drawn === undefined ? [] : [section(name, drawn)];
    });
    return page(title, lead, sections);
  },
};
