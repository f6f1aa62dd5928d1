import { dotPlot } from '../../pictures/charts';
import { allRemarks } from '../all-remarks';
import type { ReportedComparison, ReportedModel } from '../compare';
import { fixed, range } from '../numbers';
import { unprovenSpreads } from '../remarks';
import { markup, type Markup } from '../../pictures/page/markup';
import { best, dataTable, figure, ratio } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

export const accuracy: ReportSection = {
  summary: 'accuracy of each group, and how far the groups differ',
  draw,
};

function draw(comparison: ReportedComparison): SectionContent {
  return {
    title: 'Accuracy and its spread over the groups',
    content: [headlineTable(comparison), ...notes(comparison), accuracyFigure(comparison)],
  };
}

type Interval = readonly [number, number] | null;

function headlineTable(comparison: ReportedComparison): Markup {
  const { groups, models, best: proven } = comparison;
  const cell = (text: string | Markup, interval: Interval, isBest: boolean): Markup => {
    const below = interval === null ? markup`` : markup` <span class="interval">${range(interval)}</span>`;
    return markup`${isBest ? best(text) : text}${below}`;
  };
  const std = ({ overall }: ReportedModel, value: number | null): string | Markup =>
    value === null ? markup`– <span class="why">(${overall.stdReason ?? 'not known'})</span>` : fixed(value);
  return dataTable({
    caption: `Accuracy in percent by group, mean of 10 folds; higher is better. STD and SER: lower is fairer. Below each number its 95 % interval.${
      [...proven.groups, proven.mean, proven.std, proven.ser].some(place => place !== undefined)
        ? ' The best of a column is marked where it is shown to be better than every other; teachers are left out of that.'
        : ''
    }`,
    head: ['Model', ...groups, 'Mean', 'STD (ddof\u00a00)', 'STD (ddof\u00a01)', 'SER'],
    rows: models.map((model, row) => {
      const { overall, uncertainty } = model;
      return [
        model.label,
        ...model.groups.map(({ group, accuracy }, i) =>
          cell(accuracy === null ? 'none' : fixed(accuracy), intervalOf(model, group), proven.groups[i] === row),
        ),
        cell(fixed(overall.mean), uncertainty.mean, proven.mean === row),
        cell(std(model, overall.stdDdof0), uncertainty.stdDdof0, proven.std === row),
        cell(std(model, overall.stdDdof1), uncertainty.stdDdof1, proven.std === row),
        cell(ratio(overall), uncertainty.ser, proven.ser === row),
      ];
    }),
  });
}

function intervalOf({ uncertainty }: ReportedModel, group: string): Interval {
  return uncertainty.groups.find(one => one.group === group)?.interval ?? null;
}

/** Remarks that belong to the table: missing groups, models that fail, and spreads that chance alone explains. */
function notes(comparison: ReportedComparison): Markup[] {
  const unproven = unprovenSpreads(comparison);
  const sentences = [
    ...allRemarks(comparison),
    unproven.length === 0
      ? undefined
      : `No evidence of a spread for ${unproven.join(', ')}: equal groups would differ as much by chance in more than 5 of 100 tests`,
  ].filter(sentence => sentence !== undefined);
  return sentences.map(sentence => markup`<p class="note">${/[.?!]$/.test(sentence) ? sentence : `${sentence}.`}</p>`);
}

function accuracyFigure({ groups, models }: ReportedComparison): Markup {
  const chart = dotPlot({
    title: 'Accuracy by group',
    x: { label: 'group' },
    y: { label: 'accuracy (%)', range: accuracyRange(models) },
    categories: groups,
    series: models.map(model => ({
      name: model.label,
      dots: model.groups.map(({ group, accuracy, foldAccuracies }) => {
        const interval = intervalOf(model, group);
        const parts = foldAccuracies.filter(one => one !== null);
        return accuracy === null ? null : { value: accuracy, ...(interval && { interval }), parts };
      }),
    })),
    width: 1040,
    height: 400,
  });
  const caption =
    'Large dots: mean of 10 folds. Whiskers: 95 % interval of that mean, from the people in the pairs. Small dots: the folds. The axis does not start at 0.';
  return figure([chart], caption, 'wide');
}

/** All folds with a little room, but never beyond 100 %. */
function accuracyRange(models: readonly ReportedModel[]): [number, number] {
  const shown = models.flatMap(model =>
    model.groups.flatMap(({ group, foldAccuracies }) => [
      ...foldAccuracies.filter(one => one !== null),
      ...(intervalOf(model, group) ?? []),
    ]),
  );
  if (shown.length === 0) return [0, 100];
  const [lowest, highest] = [Math.min(...shown), Math.max(...shown)];
  const room = Math.max(0.5, 0.06 * (highest - lowest));
  return [Math.max(0, lowest - room), Math.min(100, highest + room)];
}
