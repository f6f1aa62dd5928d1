import { dotPlot } from '../../plots';
import type { BiasComparison, ComparedModel } from '../compare';
import { accuracyInterval, standardErrorOf } from '../difference';
import { bestOf, fixed } from '../numbers';
import { markup, type Markup } from './markup';
import { best, dataTable, figure, ratio, section, type Section } from './parts';

/** Accuracy of each group and how far the groups lie apart, model by model. */
export function headlineSection(comparison: BiasComparison): Section {
  return section('accuracy', 'Accuracy and its spread over the groups', [
    headlineTable(comparison),
    ...noiseNotes(comparison),
    accuracyFigure(comparison),
  ]);
}

interface Column {
  readonly head: string;
  readonly better: 'higher' | 'lower';
  readonly value: (model: ComparedModel) => number | null;
}

function headlineTable({ groups, models }: BiasComparison): Markup {
  const columns: readonly Column[] = [
    ...groups.map((head, i) => ({
      head,
      better: 'higher' as const,
      value: (m: ComparedModel) => m.groups[i]!.accuracy,
    })),
    { head: 'Mean', better: 'higher', value: m => m.overall.mean },
    { head: 'STD (ddof\u00a00)', better: 'lower', value: m => m.overall.stdDdof0 },
    { head: 'STD (ddof\u00a01)', better: 'lower', value: m => m.overall.stdDdof1 },
    { head: 'SER', better: 'lower', value: m => m.overall.ser },
  ];
  // A teacher is the yardstick, not a competitor.
  const marked = columns.map(({ better, value }) =>
    bestOf(
      models.map(model => (model.role === 'teacher' ? null : value(model))),
      better,
    ),
  );
  const cell = (model: ComparedModel, row: number, at: number): string | Markup => {
    const column = columns[at]!;
    const text = column.head === 'SER' && at === columns.length - 1 ? ratio(model.overall) : fixed(column.value(model));
    return marked[at]!.has(row) ? best(text) : text;
  };
  const marks = marked.some(rows => rows.size > 0)
    ? ' The best of each column is marked; teachers are left out of that.'
    : '';
  return dataTable({
    caption: `Accuracy in percent by group, mean of 10 folds; higher is better. STD and SER: lower is fairer.${marks}`,
    head: ['Model', ...columns.map(({ head }) => head)],
    rows: models.map((model, row) => [model.label, ...columns.map((_, at) => cell(model, row, at))]),
  });
}

/** A spread that chance alone explains is no finding. */
function noiseNotes({ groups, models }: BiasComparison): Markup[] {
  if (groups.length < 2) return [markup`<p class="note">There is only one group, so spreads say nothing.</p>`];
  const drowned = models.flatMap(({ label, groups: own, overall }) => {
    // Expected ddof-1 STD of groups that are equal in truth: the root mean square of their standard errors.
    const noise =
      Math.hypot(...own.map(({ foldAccuracies }) => standardErrorOf(foldAccuracies))) / Math.sqrt(own.length);
    return overall.stdDdof1 !== null && overall.stdDdof1 <= noise
      ? [`“${label}” (STD with ddof 1 ${fixed(overall.stdDdof1)}, noise ${fixed(noise)})`]
      : [];
  });
  if (drowned.length === 0) return [];
  return [
    markup`<p class="note">No evidence of a spread: for ${drowned.join('; ')} the groups lie no farther apart than the noise of the folds alone would put groups that are equal (root mean square of the groups’ standard errors).</p>`,
  ];
}

function accuracyFigure({ groups, models }: BiasComparison): Markup {
  const chart = dotPlot({
    title: 'Accuracy by group',
    x: { label: 'group' },
    y: { label: 'accuracy (%)', range: accuracyRange(models) },
    categories: groups,
    series: models.map(model => ({
      name: model.label,
      dots: model.groups.map(({ accuracy, foldAccuracies }) => ({
        value: accuracy,
        interval: accuracyInterval(accuracy, foldAccuracies),
        parts: foldAccuracies,
      })),
    })),
    width: 1040,
    height: 400,
  });
  const caption =
    'Large dots: mean of 10 folds. Whiskers: 95 % interval of that mean (Student’s t, 9 degrees of freedom). Small dots: the folds. The axis does not start at 0.';
  return figure([chart], caption, 'wide');
}

/** All folds with a little room, but never beyond 100 %. */
function accuracyRange(models: readonly ComparedModel[]): [number, number] {
  const folds = models.flatMap(({ groups }) =>
    groups.flatMap(one => [...one.foldAccuracies, ...accuracyInterval(one.accuracy, one.foldAccuracies)]),
  );
  const [lowest, highest] = [Math.min(...folds), Math.max(...folds)];
  const room = Math.max(0.5, 0.06 * (highest - lowest));
  return [Math.max(0, lowest - room), Math.min(100, highest + room)];
}
