import { markup, type Markup } from '../../pictures/page/markup';
import type { SpreadColumn } from '../../data/evaluation';
import type { ReportedComparison, ReportedModel } from '../compare';
import { inUnit, measuredColumns, measuredMetrics, type MeasuredColumn } from '../measured';
import { fixed } from '../numbers';
import { dataTable } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

export const spreads: ReportSection = {
  summary: 'how far the groups differ by every metric beside accuracy',
  draw,
};

function draw({ models }: ReportedComparison): SectionContent | undefined {
  const columns = measuredColumns(models);
  const known = new Map(models.flatMap(model => model.spreads.map(one => [one.spread, one] as const)));
  if (columns.length === 0 || known.size === 0) return undefined;
  const rows = models.flatMap(model =>
    columns.map(column => [
      model.label,
      column.heading,
      ...[...known.values()].map(spread => cell(model, column, spread)),
    ]),
  );
  const head = ['Model', 'Number', ...[...known.values()].map(({ label }) => label)];
  const caption =
    'Every number of the table of metrics, over the groups that have it. Without intervals: a difference between models here is no evidence.';
  return {
    title: 'Spread of every number over the groups',
    content: [dataTable({ caption, head, rows, words: 2 }), definitions([...known.values()], models)],
  };
}

function cell(model: ReportedModel, { metric, at, unit }: MeasuredColumn, spread: SpreadColumn): string | Markup {
  const found = model.acrossGroups.find(one => one.metric === metric && one.at === at && one.spread === spread.spread);
  if (found === undefined) return '–';
  const { value, reason, groups } = found;
  if (value === null) return markup`– <span class="why">(${reason ?? 'not known'})</span>`;
  const text = spread.unit === 'none' ? fixed(value) : inUnit(value, unit);
  return groups === model.groups.length ? text : markup`${text} <span class="why">(${groups} groups)</span>`;
}

function definitions(known: readonly SpreadColumn[], models: readonly ReportedModel[]): Markup {
  const items = known.map(({ label, definition }) => markup`<dt>${label}</dt><dd>${definition}.</dd>`);
  const lower = measuredMetrics(models).filter(({ better }) => better === 'lower');
  const reading =
    lower.length === 0
      ? ''
      : ` Of ${lower.map(({ label }) => label).join(', ')} lower values are better, so a lower mean is.`;
  return markup`<p>A spread of 0, or an SER of 1, says that the groups are served alike, not that they are served well.${reading}</p><dl>${items}</dl>`;
}
