import { dotPlot } from '../../plots';
import type { BiasComparison, ComparedModel } from '../compare';
import type { Difference, ModelDifference } from '../difference';
import { fixed, signed } from '../numbers';
import { markup, type Markup } from './markup';
import { dataTable, figure, ratio, section, type Section } from './parts';

/** What distillation changes, and what is left to the teacher. Undefined when there is nothing to subtract. */
export function effectSection(comparison: BiasComparison): Section | undefined {
  const { groups, effects, gaps } = comparison;
  if (effects.length + gaps.length === 0) return undefined;
  return section('effect', effects.length > 0 ? 'Effect of distillation' : 'Gap to the teacher', [
    ...(effects.length > 0 ? effectParts(comparison) : []),
    ...(effects.length > 0 && gaps.length > 0 ? [markup`<h3>Gap to the teacher</h3>`] : []),
    ...(gaps.length > 0 ? [differenceTable('Student minus teacher', groups, gaps)] : []),
    explanation(),
  ]);
}

function effectParts({ groups, models, effects }: BiasComparison): Markup[] {
  const modelOf = (label: string): ComparedModel => models.find(model => model.label === label)!;
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

function effectTable(effect: ModelDifference, first: ComparedModel, second: ComparedModel): Markup {
  const accuracy = (name: string, a: number, b: number, one: Difference): (string | Markup)[] => [
    name,
    fixed(a),
    fixed(b),
    signed(one.value),
    `${signed(one.low)} to ${signed(one.high)}`,
    verdict(one),
  ];
  const spread = (name: string, a: string | Markup, b: string | Markup, change: number | null): (string | Markup)[] => [
    name,
    a,
    b,
    change === null ? 'undefined' : signed(change),
    '–',
    change === null ? '–' : fairness(change),
  ];
  const [a, b] = [first.overall, second.overall];
  return dataTable({
    caption: markup`<strong>${first.label}</strong> against <strong>${second.label}</strong>: accuracy in percent, differences in percentage points. STD and SER have no interval: the spread of ${first.groups.length} groups is one number.`,
    head: ['', first.label, second.label, 'Difference', '95 % interval', 'Finding'],
    rows: [
      ...effect.groups.map((one, i) =>
        accuracy(`Group ${one.group}`, first.groups[i]!.accuracy, second.groups[i]!.accuracy, one),
      ),
      accuracy('Mean', a.mean, b.mean, effect.mean),
      spread('STD (ddof 0)', fixed(a.stdDdof0), fixed(b.stdDdof0), effect.stdDdof0),
      spread('STD (ddof 1)', fixed(a.stdDdof1), fixed(b.stdDdof1), effect.stdDdof1),
      spread('SER', ratio(a), ratio(b), effect.ser),
    ],
  });
}

function verdict({ evidence, value }: Difference): Markup {
  if (!evidence) return markup`<span class="quiet">no evidence</span>`;
  return value > 0 ? markup`higher` : markup`lower`;
}

function fairness(change: number): Markup {
  if (Math.abs(change) < 0.005) return markup`<span class="quiet">equal</span>`;
  return change < 0 ? markup`fairer` : markup`less fair`;
}

function differenceTable(caption: string, groups: readonly string[], differences: readonly ModelDifference[]): Markup {
  const cell = (one: Difference): Markup =>
    markup`${signed(one.value)} ± ${fixed(one.high - one.value)}${one.evidence ? '' : markup`<br><span class="quiet">no evidence</span>`}`;
  return dataTable({
    caption: `${caption}, percentage points; ± is the half width of the 95 % interval. STD and SER: below 0 the first model is fairer.`,
    head: ['Models', ...groups, 'Mean', 'STD (ddof\u00a00)', 'STD (ddof\u00a01)', 'SER'],
    rows: differences.map(one => [
      `${one.first} − ${one.second}`,
      ...one.groups.map(cell),
      cell(one.mean),
      signed(one.stdDdof0),
      signed(one.stdDdof1),
      one.ser === null ? 'undefined' : signed(one.ser),
    ]),
  });
}

function explanation(): Markup {
  return markup`<p class="quiet">Interval of a difference d: d ± 2.10 · sqrt(s₁² / 10 + s₂² / 10), where s₁ and s₂ are the standard deviations (ddof 1) of the 10 fold accuracies of either model and 2.10 is the 97.5 % quantile of Student’s t with 18 degrees of freedom. For the mean, the groups’ standard errors are pooled: sqrt(Σ SE²) / n. “No evidence” means that the interval covers 0.</p>
<p class="quiet">Both models see the same pairs, which this formula does not use, so it errs towards “no evidence”. It covers the choice of pairs only: another training seed would move every number too. Each interval misses the truth about once in 20 times, so among many cells some look like evidence by chance.</p>`;
}

function findings(effects: readonly ModelDifference[]): Markup {
  const items = effects.map(effect => {
    const named = (fits: (one: Difference) => boolean): string =>
      effect.groups
        .filter(fits)
        .map(({ group }) => group)
        .join(', ');
    const said = [
      ['higher accuracy in', named(({ evidence, value }) => evidence && value > 0)],
      ['lower accuracy in', named(({ evidence, value }) => evidence && value < 0)],
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
      const [fairer, other] = stdDdof0 < 0 ? ['STD', 'SER'] : ['SER', 'STD'];
      return markup`<li>“${first}” against “${second}”: STD ${signed(stdDdof0)}, SER ${signed(ser)}. The first is fairer by ${fairer}, the second by ${other}.</li>`;
    });
  if (items.length === 0) return markup``;
  return markup`<div class="note">STD and SER move in opposite directions here. STD measures distances between accuracies, SER ratios of errors: when all errors shrink, distances shrink with them while ratios may grow. Neither alone decides.<ul>${items}</ul></div>`;
}

function differenceFigure(title: string, groups: readonly string[], effects: readonly ModelDifference[]): Markup {
  const dot = ({ value, low, high }: Difference) => ({ value, interval: [low, high] as const });
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
    'Above the level line the distilled student is better. Whiskers: 95 % interval; one that crosses the line is no evidence.',
    'wide',
  );
}
