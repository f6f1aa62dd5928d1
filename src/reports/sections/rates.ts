import { lineChart } from '../../pictures/charts';
import type { ReportedComparison } from '../compare';
import { fixed, fixedPercent } from '../numbers';
import { markup, type Markup } from '../../pictures/page/markup';
import { dataTable, figure, section, type Section } from '../page/parts';

/** ROC by group, and single numbers of it. */
export function ratesSection(comparison: ReportedComparison): Section {
  return section('roc', 'ROC by group', [rocFigure(comparison), rateTable(comparison)]);
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
    'One curve for each group, exact at 120 steps of a logarithmic FMR axis, the same axes for all models. Curves that lie apart mean that at one error rate the groups are served unequally. Left of the dotted line at most 3 impostor pairs of the smallest group decide: read nothing there.';
  return figure(charts, caption, 'half');
}

function rateTable({ models }: ReportedComparison): Markup {
  const targets = models[0]!.groups[0]!.tarAtFmr.map(({ fmr }) => fmr);
  /** Groups by remark: mostly all groups share one. */
  const remarks = new Map<string, Set<string>>();
  const remark = (fmr: number, group: string, text: string): unknown =>
    remarks.set(
      `TAR at FMR ${fmr}: ${text}`,
      (remarks.get(`TAR at FMR ${fmr}: ${text}`) ?? new Set<string>()).add(group),
    );
  const rows = models.flatMap(({ label, groups }) =>
    groups.map(({ group, auc, eer, tarAtFmr }) => [
      label,
      group,
      fixed(auc, 4),
      fixedPercent(eer),
      ...targets.map(target => {
        const found = tarAtFmr.find(({ fmr }) => fmr === target);
        if (found?.tar === null) remark(target, group, found.reason ?? 'not measurable');
        if (found?.note !== undefined) remark(target, group, found.note);
        return found?.tar === null
          ? 'insufficient data'
          : fixedPercent(found?.tar ?? null) + (found?.note === undefined ? '' : ' *');
      }),
    ]),
  );
  const table = dataTable({
    caption:
      'Area under the ROC, equal error rate, and true accept rate (TAR) at fixed false match rates. A threshold of its own for every cell. * marks values from few impostor pairs.',
    head: ['Model', 'Group', 'AUC', 'EER', ...targets.map(fmr => `TAR at FMR ${fmr}`)],
    words: 2,
    rows,
  });
  const list = [...remarks].map(
    ([text, groups]) => markup`<li>${text} (${groups.size === 1 ? 'group' : 'groups'} ${[...groups].join(', ')})</li>`,
  );
  return list.length === 0 ? table : markup`${table}<ul class="quiet">${list}</ul>`;
}
