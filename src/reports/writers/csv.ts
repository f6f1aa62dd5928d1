import type { BiasComparison } from '../compare';
import type { JudgedModel } from '../judge';
import { measuredColumns, measurementOf, type MeasuredColumn } from '../measured';
import type { Writer } from '../writer';
import { csvLine } from '../../kit/text/csv';

export const csv: Writer = {
  summary: 'One line for each model and group, for spreadsheets and data frames',
  file: 'bias.csv',
  render: ({ models }: BiasComparison) => {
    const measured = measuredColumns(models);
    const head = [...COLUMNS, ...measured.map(columnName)];
    const lines = models.flatMap(model => model.groups.map((_, i) => cellsOf(model, i, measured)));
    return [head, ...lines].map(csvLine).join('');
  },
};

/** `tar_at_fmr_0.01` */
function columnName({ metric, at }: MeasuredColumn): string {
  return metric.replaceAll('-', '_') + (at === undefined ? '' : `_${at}`);
}

const COLUMNS = [
  'label',
  'role',
  'group',
  'pairs',
  'genuine',
  'impostor',
  'excluded_pairs',
  'people',
  'accuracy_percent',
  'accuracy_low',
  'accuracy_high',
  'accuracy_grid_percent',
  'recognises',
  'fold_std_ddof0',
  'standard_error',
  'global_threshold',
  'fmr_at_global_threshold',
  'fnmr_at_global_threshold',
];

type Cell = string | number | null | undefined;

function cellsOf(model: JudgedModel, index: number, measured: readonly MeasuredColumn[]): Cell[] {
  const { label, role, groups, overall, uncertainty } = model;
  const group = groups[index]!;
  const sure = uncertainty.groups.find(one => one.group === group.group);
  const rates = overall.globalThreshold.perGroup.find(one => one.group === group.group);
  return [
    label,
    role,
    group.group,
    group.pairs,
    group.genuine,
    group.impostor,
    group.excludedPairs,
    sure?.people,
    group.accuracy,
    sure?.interval?.[0],
    sure?.interval?.[1],
    group.accuracyGrid,
    sure?.recognises?.toString(),
    group.foldStd,
    sure?.standardError,
    overall.globalThreshold.threshold,
    rates?.fmr,
    rates?.fnmr,
    ...measured.map(column => measurementOf(model, group.group, column)?.value),
  ];
}
