import { meanOf } from '../../evaluation/metrics/mean-std';
import { barChart } from '../../pictures/charts';
import type { ReportedComparison, ReportedModel } from '../compare';
import { fixed, fixedPercent, signed } from '../numbers';
import { markup, type Markup } from '../../pictures/page/markup';
import { dataTable, figure } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

export const thresholds: ReportSection = {
  summary: 'what happens to the groups when one threshold serves them all',
  draw,
};

function draw(comparison: ReportedComparison): SectionContent {
  return {
    title: 'One threshold for all groups',
    content: [
      markup`<p>The accuracies above let every group have thresholds of its own. A system in use mostly has one. Here it is the one that decides most pairs of all groups together rightly; it was chosen on the pairs that it is applied to, so this is a diagnosis, not an estimate.</p>`,
      thresholdTable(comparison),
      rateFigure(comparison),
    ],
  };
}

function thresholdTable({ models }: ReportedComparison): Markup {
  return dataTable({
    caption:
      'Own (each group by itself) and global thresholds as squared L2 distances (cosine = 1 − distance / 2; pairs match below the distance). FMR: share of the impostor pairs. FNMR: share of the genuine pairs.',
    head: ['Model', 'Group', 'Own, mean', 'Own, of the folds', 'Global', 'Shift', 'FMR at global', 'FNMR at global'],
    words: 2,
    rows: models.flatMap(model =>
      model.groups.map(({ group, thresholds }) => {
        const { fmr, fnmr } = ratesOf(model, group);
        const { threshold } = model.overall.globalThreshold;
        const known = thresholds.filter(one => one !== null);
        const own = known.length === 0 ? null : meanOf(known);
        return [
          model.label,
          group,
          fixed(own, 3),
          known.length === 0 ? '–' : `${fixed(Math.min(...known), 3)} – ${fixed(Math.max(...known), 3)}`,
          fixed(threshold, 3),
          signed(threshold === null || own === null ? null : threshold - own, 3),
          fixedPercent(fmr),
          fixedPercent(fnmr),
        ];
      }),
    ),
  });
}

function rateFigure({ groups, models }: ReportedComparison): Markup {
  const chart = (title: string, rate: 'fmr' | 'fnmr'): string =>
    barChart({
      title,
      x: { label: 'group' },
      y: { label: 'rate (%)' },
      categories: groups,
      series: models.map(model => ({
        name: model.label,
        values: groups.map(group => timesHundred(ratesOf(model, group)[rate])),
      })),
      width: 480,
      height: 340,
    });
  const charts = [
    chart('False match rate at the global threshold', 'fmr'),
    chart('False non-match rate at the global threshold', 'fnmr'),
  ];
  return figure(
    charts,
    'Bars of one colour at unequal heights: with one threshold for everybody, the groups bear unequal errors.',
    'half',
  );
}

function ratesOf({ overall }: ReportedModel, wanted: string): { fmr: number | null; fnmr: number | null } {
  const found = overall.globalThreshold.perGroup.find(({ group }) => group === wanted);
  return { fmr: found?.fmr ?? null, fnmr: found?.fnmr ?? null };
}

function timesHundred(rate: number | null): number | null {
  return rate === null ? null : 100 * rate;
}
