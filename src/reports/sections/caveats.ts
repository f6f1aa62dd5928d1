import { formatCount } from '../../kit/text/human';
import type { ReportedComparison } from '../compare';
import { excludedPairs } from '../remarks';
import { markup, type Markup } from '../../pictures/page/markup';
import { dataTable } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

/** Below this, a fold's accuracy is a coarse number and its spread a poor measure of noise. */
const FEW_PAIRS = 300;

export const caveats: ReportSection = {
  summary: 'what the numbers do not say',
  draw,
};

function draw(comparison: ReportedComparison): SectionContent {
  const { models } = comparison;
  const items: readonly Markup[] = [
    ...(models.some(({ drawn }) => drawn)
      ? [
          markup`<li><strong>These faces are drawn: they are nobody’s.</strong> The groups are ranges of parameters of a drawing program. They are no people’s groups: nothing here says how a model treats people of any origin, age or sex.</li>`,
        ]
      : []),
    markup`<li><strong>One training run each.</strong> Intervals come from the people and pairs of one test split. Training again with another seed moves accuracies, STD and SER too; compare several seeds before you believe a small difference.</li>`,
    markup`<li><strong>STD and SER of few groups are noisy, and neither rewards accuracy.</strong> A model that fails everybody alike has STD 0 and SER 1. Read them beside the mean.</li>`,
    markup`<li><strong>Intervals draw people, not pairs.</strong> Pairs that share a person are right and wrong together: few people in many pairs say less than the number of pairs suggests. In simulations the 95 % intervals hold the truth in 94 to 98 of 100 cases (docs/report.md). The groups are taken to have no people in common.</li>`,
    markup`<li><strong>Overlap between training and test people inflates every number.</strong> RFW and BUPT are both carved from MS-Celeb-1M, and many public teachers were trained on it.</li>`,
    ...dataItems(comparison),
  ];
  return { title: 'Caveats', content: [markup`<ul>${items}</ul>`, markup`<h3>Pairs</h3>`, pairTable(comparison)] };
}

function dataItems(comparison: ReportedComparison): Markup[] {
  const { models } = comparison;
  const { groups } = models[0]!;
  const few = groups.filter(({ pairs }) => pairs < FEW_PAIRS);
  const counts = (list: typeof groups, count: (group: (typeof groups)[number]) => number): string =>
    list.map(group => `${group.group} ${formatCount(count(group))}`).join(', ');
  return [
    markup`<li><strong>Pairs per group:</strong> ${counts(groups, ({ pairs }) => pairs)}.${few.length > 0 ? ` Fewer than ${FEW_PAIRS} in ${few.map(({ group }) => group).join(', ')}: too few to separate small differences from chance.` : ''}</li>`,
    ...[excludedPairs(comparison)]
      .filter(text => text !== undefined)
      .map(text => markup`<li>${text}. If such faces are the hard ones, accuracy is flattered.</li>`),
  ];
}

function pairTable({ models }: ReportedComparison): Markup {
  return dataTable({
    caption:
      'The pairs, the same for every model. Listed: in the pair list; excluded: those of them of which alignment gave no face. The last column is the false match rate below which zero false matches prove nothing (rule of three: 3 / impostor pairs bounds the rate with 95 % confidence).',
    head: [
      'Group',
      'Listed',
      'Pairs',
      'People',
      'Genuine',
      'Impostor',
      'Excluded',
      'One pair moves accuracy by',
      'Least FMR that can be shown',
    ],
    rows: models[0]!.groups.map(({ group, listedPairs, pairs, genuine, impostor, excludedPairs: excluded }) => [
      group,
      formatCount(listedPairs),
      formatCount(pairs),
      formatCount(models[0]!.scores.groups.find(one => one.group === group)?.people ?? 0),
      formatCount(genuine),
      formatCount(impostor),
      formatCount(excluded),
      pairs === 0 ? '–' : `${(100 / pairs).toFixed(3)} points`,
      impostor === 0 ? '–' : `${(300 / impostor).toFixed(3)} %`,
    ]),
  });
}
