import { formatCount } from '../../kit/text/human';
import type { ReportedComparison, ReportedModel } from '../compare';
import type { Role } from '../../data/evaluation';
import { measuredMetrics } from '../measured';
import { fixed } from '../numbers';
import { markup, type Markup } from '../../pictures/page/markup';
import { dataTable } from '../page/parts';
import type { ReportSection, SectionContent } from '../section';

export const compared: ReportSection = {
  summary: 'the models, the protocol, and what every number means',
  draw,
};

function draw(comparison: ReportedComparison): SectionContent {
  return {
    title: 'What is compared',
    content: [
      modelTable(comparison),
      markup`<h3>Protocol</h3>
<p>A pair matches when the squared L2 distance of the two embeddings, each the normalised sum of the embeddings of a face and of its mirror image, is below a threshold.
In each of 10 folds, fixed by the pair list, the threshold is the one that decides most pairs of the other nine folds rightly: any gap between two scores may hold it, and it lies in the middle of the widest of the best gaps. Accuracy is measured on the fold that was left out. With thresholds 0 to 3.99 by 0.01 and the first best of them, as the verification script of insightface has it: ${gridAccuracies(comparison)}.</p>`,
      markup`<h3>Definitions</h3>`,
      definitions(comparison),
    ],
  };
}

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  distilled: 'student, with distillation',
  plain: 'student, without distillation',
  teacher: 'teacher',
  other: 'other',
};

function modelTable({ models }: ReportedComparison): Markup {
  return dataTable({
    caption: 'The models. Weights are named by the first 12 digits of their SHA-256.',
    head: ['Model', 'Role', 'Architecture', 'Input', 'Weights', 'Embedding', 'Parameters'],
    words: 5,
    rows: models.map(({ label, role, model }) => [
      label,
      ROLE_NAMES[role],
      model.architecture,
      inputOf(model),
      markup`<code>${model.sha256.replace('sha256:', '').slice(0, 12)}</code>`,
      formatCount(model.embeddingSize),
      model.parameters === undefined ? 'not known' : formatCount(model.parameters),
    ]),
  });
}

function inputOf({ preprocessing }: ReportedModel['model']): string {
  if (preprocessing === undefined) return 'not known';
  const { channels, layout, mean, scale } = preprocessing;
  const text = (value: number | readonly number[]): string =>
    typeof value === 'number' ? String(value) : value.join(' ');
  return `${channels}, ${layout}, (pixel − ${text(mean)}) / ${text(scale)}`;
}

function gridAccuracies({ models }: ReportedComparison): string {
  return models
    .map(
      ({ label, groups }) =>
        `${label} ${groups.map(({ group, accuracyGrid }) => `${group} ${fixed(accuracyGrid)}`).join(', ')}`,
    )
    .join('; ');
}

function definitions({ groups, models }: ReportedComparison): Markup {
  const counted = groups.length - models[0]!.overall.missing.length;
  const entries: readonly (readonly [string, string])[] = [
    ['Accuracy of a group', `${models[0]!.protocol.accuracy}.`],
    ['Mean', `Σ accuracy / n over the n = ${counted} groups that have one, each with the same weight.`],
    [
      'STD, ddof 0 and ddof 1',
      'sqrt(Σ (accuracy − mean)² / (n − ddof)) over the groups, in percentage points. Publications use both divisors, often without saying which; ddof 0 (numpy’s default) is the one of the headline. Lower is fairer. Groups without an accuracy are left out; of one group there is none.',
    ],
    [
      'SER',
      'skewed error ratio = max (100 − accuracy) / min (100 − accuracy) over the groups; at least 1, and 1 is fair. Undefined, and left out of rankings, when a group has no errors.',
    ],
    ['FMR', 'false match rate = impostor pairs that match / all impostor pairs.'],
    ['FNMR', 'false non-match rate = genuine pairs that do not match / all genuine pairs. TAR (or TMR) = 1 − FNMR.'],
    ...measuredMetrics(models)
      .filter(({ metric }) => metric !== 'accuracy')
      .map(({ label, definition }) => [label, `${definition}.`] as const),
  ];
  return markup`<dl>${entries.map(([term, meaning]) => markup`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>`;
}
