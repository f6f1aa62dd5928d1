import { dotPlot } from '../../pictures/charts';
import type { ReportedComparison, ReportedModel } from '../compare';
import type { Difference, ModelDifference } from '../difference';
import { fixed, signed, signedRange } from '../numbers';
import { markup, type Markup } from '../../pictures/page/markup';
import { dataTable, figure, ratio } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

export const effect: ReportSection = {
  summary: 'what distillation changes, and the distance to the teacher',
  draw,
};

function draw(comparison: ReportedComparison): SectionContent | undefined {
  const { groups, effects, gaps } = comparison;
  if (effects.length + gaps.length === 0) return undefined;
  return {
    title: effects.length > 0 ? 'Effect of distillation' : 'Gap to the teacher',
    content: [
      ...(effects.length > 0 ? effectParts(comparison) : []),
      ...(effects.length > 0 && gaps.length > 0 ? [markup`<h3>Gap to the teacher</h3>`] : []),
      ...(gaps.length > 0 ? [differenceTable('Student minus teacher', groups, gaps)] : []),
      explanation([...effects, ...gaps]),
    ],
  };
}

function effectParts({ groups, models, effects }: ReportedComparison): Markup[] {
  const modelOf = (label: string): ReportedModel => models.find(model => model.label === label)!;
  return [
    findings(effects),
    ...(effects.length <= MOST_TABLES
      ? effects.map(effect => effectTable(effect, modelOf(effect.first), modelOf(effect.second)))
      : [differenceTable('Distilled minus plain student', groups, effects)]),
    differenceFigure('Student with distillation minus student without', groups, effects),
  ];
}

/** With more comparisons than this, one line each. */
const MOST_TABLES = 2;

function effectTable(effect: ModelDifference, first: ReportedModel, second: ReportedModel): Markup {
  const row = (
    name: string,
    values: readonly (string | Markup)[],
    one: Difference,
    finding: Markup,
  ): (string | Markup)[] => [
    name,
    ...values,
    one.value === null ? 'undefined' : signed(one.value),
    signedRange(one.interval),
    finding,
  ];
  const [a, b] = [first.overall, second.overall];
  return dataTable({
    caption: markup`<strong>${first.label}</strong> against <strong>${second.label}</strong>: accuracy in percent, differences in percentage points, of SER as a number. Intervals are paired: both models with the same people.`,
    head: ['', first.label, second.label, 'Difference', '95 % interval', 'Finding'],
    rows: [
      ...effect.groups.map((one, i) =>
        row(
          `Group ${one.group}`,
          [fixed(first.groups[i]!.accuracy), fixed(second.groups[i]!.accuracy)],
          one,
          finding(one, ['higher', 'lower']),
        ),
      ),
      row('Mean', [fixed(a.mean), fixed(b.mean)], effect.mean, finding(effect.mean, ['higher', 'lower'])),
      row('STD (ddof 0)', [fixed(a.stdDdof0), fixed(b.stdDdof0)], effect.stdDdof0, fairness(effect.stdDdof0)),
      row('STD (ddof 1)', [fixed(a.stdDdof1), fixed(b.stdDdof1)], effect.stdDdof1, fairness(effect.stdDdof1)),
      row('SER', [ratio(a), ratio(b)], effect.ser, fairness(effect.ser)),
    ],
  });
}

/** Words for above and below 0, or that there is no evidence of either, with the reason where there is no interval. */
function finding({ evidence, value, reason }: Difference, [above, below]: readonly [string, string]): Markup {
  if (evidence) return markup`${value! > 0 ? above : below}`;
  const why = reason === undefined ? markup`` : markup` <span class="why">(${reason})</span>`;
  return markup`<span class="quiet">no evidence</span>${why}`;
}

function fairness(one: Difference): Markup {
  return finding(one, ['less fair', 'fairer']);
}

function differenceTable(caption: string, groups: readonly string[], differences: readonly ModelDifference[]): Markup {
  const cell = (one: Difference): Markup => {
    const interval = one.interval && markup` <span class="interval">${signedRange(one.interval)}</span>`;
    const quiet = one.evidence ? markup`` : markup` <span class="why">no evidence</span>`;
    return markup`${one.value === null ? 'undefined' : signed(one.value)}${interval ?? markup``}${quiet}`;
  };
  return dataTable({
    caption: `${caption}, percentage points, each with its paired 95 % interval. STD and SER: below 0 the first model is fairer.`,
    head: ['Models', ...groups, 'Mean', 'STD (ddof\u00a00)', 'STD (ddof\u00a01)', 'SER'],
    rows: differences.map(one => [
      `${one.first} − ${one.second}`,
      ...one.groups.map(cell),
      cell(one.mean),
      cell(one.stdDdof0),
      cell(one.stdDdof1),
      cell(one.ser),
    ]),
  });
}

function explanation(differences: readonly ModelDifference[]): Markup {
  const shown = differences
    .flatMap(({ groups, mean, stdDdof0, ser }) => [...groups, mean, stdDdof0, ser])
    .filter(({ interval }) => interval !== null).length;
  return markup`<p class="quiet">Intervals come from drawing the people of every group again, 1,000 times, the same people for both models, with thresholds chosen again; for STD and SER they hold every true spread that would not be surprised by the measured one. “No evidence” means that the interval covers 0 or that there is none, not that the models are equal.</p>
<p class="quiet">${shown} differences are shown here. Where nothing differs in truth, an interval leaves out 0 about once in 20 times: expect ${(shown / 20).toFixed(1)} findings by chance. Intervals cover the choice of people and pairs only: another training seed would move every number too.</p>`;
}

function findings(effects: readonly ModelDifference[]): Markup {
  const items = effects.map(effect => {
    const named = (fits: (one: Difference) => boolean): string =>
      effect.groups
        .filter(fits)
        .map(({ group }) => group)
        .join(', ');
    const said = [
      ['higher accuracy in', named(({ evidence, value }) => evidence && value! > 0)],
      ['lower accuracy in', named(({ evidence, value }) => evidence && value! < 0)],
      ['no evidence of a difference in', named(({ evidence }) => !evidence)],
    ].filter(([, groups]) => groups !== '');
    return markup`<li>“${effect.first}” against “${effect.second}”: ${said.map(words => words.join(' ')).join('; ')}.</li>`;
  });
  return markup`<ul>${items}</ul>${disagreements(effects)}`;
}

function disagreements(effects: readonly ModelDifference[]): Markup {
  const items = effects
    .filter(({ spreadsDisagree }) => spreadsDisagree)
    .map(({ first, second, stdDdof0, ser }) => {
      const [fairer, other] = stdDdof0.value! < 0 ? ['STD', 'SER'] : ['SER', 'STD'];
      return markup`<li>“${first}” against “${second}”: STD ${signed(stdDdof0.value)}, SER ${signed(ser.value)}. The first is fairer by ${fairer}, the second by ${other}.</li>`;
    });
  if (items.length === 0) return markup``;
  return markup`<div class="note">STD and SER move in opposite directions here. STD measures distances between accuracies, SER ratios of errors: when all errors shrink, distances shrink with them while ratios may grow. Neither alone decides.<ul>${items}</ul></div>`;
}

function differenceFigure(title: string, groups: readonly string[], effects: readonly ModelDifference[]): Markup {
  const dot = ({ value, interval }: Difference) => (value === null ? null : { value, ...(interval && { interval }) });
  const chart = dotPlot({
    title,
    x: { label: 'group' },
    y: { label: 'difference (percentage points)' },
    categories: [...groups, 'mean'],
    series: effects.map(({ first, second, groups: own, mean }) => ({
      name: `${first} − ${second}`,
      dots: [...own, mean].map(dot),
    })),
    baseline: 0,
    width: 1040,
    height: 340,
  });
  return figure(
    [chart],
    'Above the level line the distilled student is better. Whiskers: paired 95 % interval; a dot without one, or one that crosses the line, is no evidence.',
    'wide',
  );
}
