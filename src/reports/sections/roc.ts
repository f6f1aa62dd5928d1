import { lineChart } from '../../pictures/charts';
import type { ReportedComparison, ReportedModel } from '../compare';
import { inUnit, measuredColumns, measurementOf, type MeasuredColumn } from '../measured';
import { markup, type Markup } from '../../pictures/page/markup';
import { dataTable, figure } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

export const roc: ReportSection = {
  summary: 'ROC by group, and the numbers of every metric',
  draw,
};

function draw(comparison: ReportedComparison): SectionContent {
  return { title: 'ROC by group', content: [rocFigure(comparison), rateTable(comparison)] };
}

function rocFigure({ models }: ReportedComparison): Markup {
  const curves = models.flatMap(({ scores }) => scores.groups.flatMap(({ roc }) => roc));
  // One scale for all models, or the eye would compare axes.
  const lowestFmr = Math.min(0.1, ...curves.map(([fmr]) => fmr));
  const lowestTmr = Math.min(0.9, ...curves.map(([, tmr]) => tmr));
  const counts = models[0]!.groups.map(({ impostor }) => impostor).filter(count => count > 0);
  const impostors = counts.length === 0 ? 0 : Math.min(...counts);
  const charts = models.map(({ label, scores }) =>
    lineChart({
      title: label,
      x: { label: 'false match rate (FMR)', log: true, range: [lowestFmr, 1] },
      y: { label: 'true match rate (1 − FNMR)', range: [Math.max(0, Math.floor(lowestTmr * 10 - 1e-9) / 10), 1] },
      series: scores.groups.map(({ group, roc }) => ({ name: `group ${group}`, points: roc, step: true })),
      marks: impostors > 3 ? [{ x: 3 / impostors, label: '3 false matches' }] : [],
      width: 400,
      height: 340,
    }),
  );
  const caption =
    'One curve for each group, exact at 120 steps of a logarithmic FMR axis, the same axes for all models. Curves that differ mean that at one error rate the groups are served unequally. Left of the dotted line at most 3 impostor pairs of the smallest group decide: read nothing there.';
  return figure(charts, caption, 'half');
}

function rateTable({ models }: ReportedComparison): Markup {
  const columns = measuredColumns(models);
  if (columns.length === 0) return markup``;
  /** Groups by remark: mostly all groups share one. */
  const remarks = new Map<string, Set<string>>();
  const cell = (model: ReportedModel, group: string, column: MeasuredColumn): string => {
    const found = measurementOf(model, group, column);
    if (found === undefined) return '–';
    const { value, reason = 'not measurable', note } = found;
    const remark = value === null ? reason : note;
    if (remark !== undefined) {
      const text = `${column.heading}: ${remark}`;
      remarks.set(text, (remarks.get(text) ?? new Set<string>()).add(group));
    }
    if (value === null) return 'insufficient data';
    return inUnit(value, column.unit) + (note === undefined ? '' : ' *');
  };
  const table = dataTable({
    caption: 'Single numbers of every group; definitions below. * marks values with a reservation.',
    head: ['Model', 'Group', ...columns.map(({ heading }) => heading)],
    words: 2,
    rows: models.flatMap(model =>
      model.groups.map(({ group }) => [model.label, group, ...columns.map(column => cell(model, group, column))]),
    ),
  });
  const list = [...remarks].map(
    ([text, groups]) => markup`<li>${text} (${groups.size === 1 ? 'group' : 'groups'} ${[...groups].join(', ')})</li>`,
  );
  return list.length === 0 ? table : markup`${table}<ul class="quiet">${list}</ul>`;
}
