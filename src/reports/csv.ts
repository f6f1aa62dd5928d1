import type { BiasComparison, ComparedModel } from './compare';
import { standardErrorOf } from './difference';
import type { Report } from './report';
import { csvField } from '../util/csv';

export const csv: Report = {
  name: 'csv',
  summary: 'One line for each model and group, for spreadsheets and data frames',
  file: 'bias.csv',
  render: ({ models }: BiasComparison) => {
    const targets = models[0]!.groups[0]!.tarAtFmr.map(({ fmr }) => fmr);
    const head = [...COLUMNS, ...targets.map(fmr => `tar_at_fmr_${fmr}`)];
    const lines = models.flatMap(model => model.groups.map((_, i) => cellsOf(model, i, targets)));
    return [head, ...lines].map(line => line.map(csvField).join(',')).join('\n') + '\n';
  },
};

const COLUMNS = [
  'label',
  'role',
  'group',
  'pairs',
  'genuine',
  'impostor',
  'excluded_pairs',
  'accuracy_percent',
  'fold_std_ddof0',
  'standard_error',
  'auc',
  'eer',
  'global_threshold',
  'fmr_at_global_threshold',
  'fnmr_at_global_threshold',
];

type Cell = string | number | null | undefined;

function cellsOf({ label, role, groups, overall }: ComparedModel, index: number, targets: readonly number[]): Cell[] {
  const group = groups[index]!;
  const rates = overall.globalThreshold.perGroup.find(one => one.group === group.group);
  return [
    label,
    role,
    group.group,
    group.pairs,
    group.genuine,
    group.impostor,
    group.excludedPairs,
    group.accuracy,
    group.foldStd,
    standardErrorOf(group.foldAccuracies),
    group.auc,
    group.eer,
    overall.globalThreshold.threshold,
    rates?.fmr,
    rates?.fnmr,
    ...targets.map(target => group.tarAtFmr.find(({ fmr }) => fmr === target)?.tar),
  ];
}
