import { formatCount } from '../../util/human';
import type { BiasComparison } from '../compare';
import { markup, type Markup } from './markup';
import { dataTable, section, type Section } from './parts';

/** Below this, a fold's accuracy is a coarse number and its spread a poor measure of noise. */
const FEW_PAIRS = 300;

/** What the numbers do not say. */
export function caveatsSection(comparison: BiasComparison): Section {
  const items: readonly Markup[] = [
    markup`<li><strong>Drawn faces are nobody’s faces.</strong> When the faces come from the stage <code>synthesize-faces</code>, its groups (A to D) are ranges of parameters of a drawing program. They are no people’s groups: nothing here says how a model treats people of any origin, age or sex.</li>`,
    markup`<li><strong>One training run each.</strong> Intervals come from the pairs of one test split. Training again with another seed moves accuracies, STD and SER too; compare several seeds before you believe a small difference.</li>`,
    markup`<li><strong>STD and SER of few groups are noisy, and neither rewards accuracy.</strong> A model that fails everybody alike has STD 0 and SER 1. Read them beside the mean.</li>`,
    markup`<li><strong>Folds are not independent.</strong> Their thresholds are chosen on overlapping pairs, and one person may occur in several pairs, so true intervals are somewhat wider than those shown.</li>`,
    markup`<li><strong>Overlap between training and test people inflates every number.</strong> RFW and BUPT are both carved from MS-Celeb-1M, and many public teachers were trained on it.</li>`,
    ...dataItems(comparison),
  ];
  return section('caveats', 'Caveats', [markup`<ul>${items}</ul>`, markup`<h3>Pairs</h3>`, pairTable(comparison)]);
}

function dataItems({ models }: BiasComparison): Markup[] {
  const { groups } = models[0]!;
  const few = groups.filter(({ pairs }) => pairs < FEW_PAIRS);
  const excluded = groups.filter(({ excludedPairs }) => excludedPairs > 0);
  const counts = (list: typeof groups, count: (group: (typeof groups)[number]) => number): string =>
    list.map(group => `${group.group} ${formatCount(count(group))}`).join(', ');
  return [
    markup`<li><strong>Pairs per group:</strong> ${counts(groups, ({ pairs }) => pairs)}.${few.length > 0 ? ` Fewer than ${FEW_PAIRS} in ${few.map(({ group }) => group).join(', ')}: too few to tell small differences from chance.` : ''}</li>`,
    ...(excluded.length > 0
      ? [
          markup`<li><strong>Pairs left out</strong> because alignment gave no face: ${counts(excluded, ({ excludedPairs }) => excludedPairs)}. If such faces are the hard ones, accuracy is flattered.</li>`,
        ]
      : []),
  ];
}

function pairTable({ models }: BiasComparison): Markup {
  return dataTable({
    caption:
      'The pairs, the same for every model. Excluded pairs are those of which alignment gave no face. The last column is the false match rate below which zero false matches prove nothing (rule of three: 3 / impostor pairs bounds the rate with 95 % confidence).',
    head: [
      'Group',
      'Pairs',
      'Genuine',
      'Impostor',
      'Excluded',
      'One pair moves accuracy by',
      'Least FMR that can be shown',
    ],
    rows: models[0]!.groups.map(({ group, pairs, genuine, impostor, excludedPairs }) => [
      group,
      formatCount(pairs),
      formatCount(genuine),
      formatCount(impostor),
      formatCount(excludedPairs),
      pairs === 0 ? '–' : `${(100 / pairs).toFixed(3)} points`,
      impostor === 0 ? '–' : `${(300 / impostor).toFixed(3)} %`,
    ]),
  });
}
