import { dotPlot } from '../../plots';
import type { BiasComparison } from '../compare';
import type { Difference, ModelDifference } from '../difference';
import { signed } from '../numbers';
import { markup, type Markup } from './markup';
import { dataTable, figure, section, type Section } from './parts';

/** What distillation changes, and what is left to the teacher. Undefined when there is nothing to subtract. */
export function effectSection({ groups, effects, gaps }: BiasComparison): Section | undefined {
  if (effects.length + gaps.length === 0) return undefined;
  const title = effects.length > 0 ? 'Effect of distillation' : 'Gap to the teacher';
  return section('effect', title, [
    ...(effects.length > 0
      ? [
          differenceTable('Distilled minus plain student, percentage points.', groups, effects),
          findings(effects),
          differenceFigure('Student with distillation minus student without', groups, effects),
        ]
      : []),
    ...(gaps.length > 0
      ? [
          markup`<h3>${effects.length > 0 ? 'Gap to the teacher' : 'Student minus teacher'}</h3>`,
          differenceTable('Student minus teacher, percentage points.', groups, gaps),
        ]
      : []),
    markup`<p class="quiet">Interval: d ± 2.10 · sqrt(s₁²/10 + s₂²/10), where s₁ and s₂ are the standard deviations (ddof 1) of the 10 fold accuracies of either model and 2.10 is the 97.5 % quantile of Student’s t with 18 degrees of freedom. For the mean, the groups’ standard errors are pooled: sqrt(Σ SE²) / n.
“No evidence” means that the interval covers 0. Both models see the same pairs, which this formula does not use, so it errs towards “no evidence”. It covers the choice of pairs only: another training seed would move every number too. Each of the intervals misses the truth once in 20 times, so of many cells some will look like evidence by chance.</p>`,
  ]);
}

function differenceTable(caption: string, groups: readonly string[], differences: readonly ModelDifference[]): Markup {
  return dataTable({
    caption: `${caption} ± is the half width of the 95 % interval. STD and SER: below 0 the first model is fairer.`,
    head: ['Models', ...groups, 'Mean', 'STD (ddof 0)', 'STD (ddof 1)', 'SER'],
    rows: differences.map(one => [
      `${one.first} − ${one.second}`,
      ...one.groups.map(difference),
      difference(one.mean),
      signed(one.stdDdof0),
      signed(one.stdDdof1),
      one.ser === null ? 'undefined' : signed(one.ser),
    ]),
  });
}

function difference(one: Difference): Markup {
  const verdict = one.evidence ? (one.value > 0 ? 'higher' : 'lower') : 'no evidence';
  return markup`${signed(one.value)} ± ${(one.high - one.value).toFixed(2)}<br><span class="quiet">${verdict}</span>`;
}

function findings(effects: readonly ModelDifference[]): Markup {
  const items = effects.flatMap(effect => {
    const pair = `“${effect.first}” against “${effect.second}”`;
    const better = effect.groups.filter(({ evidence, value }) => evidence && value > 0).map(({ group }) => group);
    const worse = effect.groups.filter(({ evidence, value }) => evidence && value < 0).map(({ group }) => group);
    const open = effect.groups.filter(({ evidence }) => !evidence).map(({ group }) => group);
    const said = [
      better.length > 0 ? `higher accuracy in ${better.join(', ')}` : '',
      worse.length > 0 ? `lower accuracy in ${worse.join(', ')}` : '',
      open.length > 0 ? `no evidence of a difference in ${open.join(', ')}` : '',
    ].filter(text => text !== '');
    return [markup`<li>${pair}: ${said.join('; ')}.</li>`, ...disagreement(effect, pair)];
  });
  return markup`<ul>${items}</ul>`;
}

function disagreement({ spreadsDisagree, stdDdof0, ser }: ModelDifference, pair: string): Markup[] {
  if (!spreadsDisagree) return [];
  const [fairer, less] = stdDdof0 < 0 ? ['STD', 'SER'] : ['SER', 'STD'];
  return [
    markup`<li class="note">${pair}: STD and SER move in opposite directions (STD ${signed(stdDdof0)}, SER ${signed(ser)}). By ${fairer} the first is fairer, by ${less} the second. STD measures distances between accuracies, SER ratios of errors: when all errors shrink, distances shrink with them while ratios may grow. Neither alone decides.</li>`,
  ];
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
    width: 880,
    height: 340,
  });
  return figure(
    [chart],
    'Above the level line the distilled student is better. Whiskers: 95 % interval; one that crosses the line is no evidence.',
    'wide',
  );
}
