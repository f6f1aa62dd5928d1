import type { BiasComparison } from '../compare';
import type { JudgedModel } from '../judge';
import type { Report } from '../report';
import { csvLine } from '../../kit/text/csv';

export const csvReport: Report = {
  name: 'csv',
  summary: 'One line for each model and group, for spreadsheets and data frames',
  file: 'bias.csv',
  render: ({ models }: BiasComparison) => {
    const targets = models[0]!.groups[0]!.tarAtFmr.map(({ fmr }) => fmr);
    const head = [...COLUMNS, ...targets.map(fmr => `tar_at_fmr_${fmr}`)];
    const lines = models.flatMap(model => model.groups.map((_, i) => cellsOf(model, i, targets)));
    return [head, ...lines].map(csvLine).join('');
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
  'people',
  'accuracy_percent',
  'accuracy_low',
  'accuracy_high',
  'accuracy_grid_percent',
  'recognises',
  'fold_std_ddof0',
  'standard_error',
  'auc',
  'eer',
  'global_threshold',
  'fmr_at_global_threshold',
  'fnmr_at_global_threshold',
];

type Cell = string | number | null | undefined;

function cellsOf(
  { label, role, groups, overall, uncertainty }: JudgedModel,
  index: number,
  targets: readonly number[],
): Cell[] {
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
    group.auc,
    group.eer,
    overall.globalThreshold.threshold,
    rates?.fmr,
    rates?.fnmr,
    ...targets.map(target => group.tarAtFmr.find(({ fmr }) => fmr === target)?.tar),
  ];
}
