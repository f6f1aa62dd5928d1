import { formatCount, plural } from '../kit/text/human';
import type { Evaluation } from '../data/evaluation';

/** What a sample of faces shows of a model, by the code of `judge-recogniser.ts`; other codes are shown as they are. */
const FINDINGS: Readonly<Record<string, string>> = {
  'constant-embeddings': 'gives all faces of a sample the same embedding',
  'collapsed-embeddings': 'makes different people of a sample alike',
  'class-scores': 'gives the scores of classes and no embeddings',
  'better-preprocessing': 'tells people of a sample apart better with other preprocessing',
  'odd-preprocessing': 'gets other pixels than its file says',
};

/** Words of `check-pairs.ts`, short. */
const PAIR_FAULTS: Readonly<Record<string, string>> = {
  mislabelled: 'genuine pairs of two identities, or impostor pairs of one',
  samePictureImpostor: 'impostor pairs of one picture',
  samePictureGenuine: 'genuine pairs of one picture, which every model gets right',
  contradicting: 'pairs of the same pictures as another pair of the other kind',
  repeated: 'pairs of the same pictures as another pair, counted more than once',
};

type Doubted = Pick<Evaluation, 'label' | 'model' | 'seenInTraining' | 'duplicates' | 'pairFaults'>;

/** The warnings of an evaluation, a sentence each: a reader of nothing but the report must not miss them. */
export function doubts(models: readonly Doubted[]): string[] {
  return [...new Set([...models.flatMap(ofModel), ...models.flatMap(ofTest)])];
}

function ofModel({ label, model, seenInTraining }: Doubted): string[] {
  const { sample, preprocessing, doubts: ofTraining = [] } = model;
  const given =
    preprocessing &&
    `${preprocessing.channels}, (pixel − ${String(preprocessing.mean)}) / ${String(preprocessing.scale)}`;
  const { seen = 0, seenByTeacher = 0, faces = 0, identities = 0 } = seenInTraining ?? {};
  const byTeacher = seenByTeacher > 0 ? ` (${formatCount(seenByTeacher)} by its teacher only)` : '';
  return [
    ...[...new Set(sample?.findings)].map(
      code =>
        `“${label}”${given === undefined ? '' : `, given ${given},`} ${FINDINGS[code] ?? `is suspicious (${code})`}: see the log of its evaluation`,
    ),
    ...ofTraining.map(text => `Training of “${label}”: ${text}`),
    ...(seen > 0
      ? [
          `Test faces in training: “${label}” has learnt from ${formatCount(seen)} of ${formatCount(faces)} faces${byTeacher}; accuracy on them is no estimate for faces that it has not seen`,
        ]
      : []),
    ...(identities > 0
      ? [
          `${plural(identities, 'identity')} of the test have the names of identities that “${label}” has learnt from: if they are the same people, its accuracy is too high`,
        ]
      : []),
  ];
}

function ofTest({ duplicates, pairFaults = {} }: Doubted): string[] {
  const { ofOtherIdentity = 0 } = duplicates ?? {};
  return [
    ...(ofOtherIdentity > 0
      ? [`${formatCount(ofOtherIdentity)} test faces show the same picture as a face of another identity`]
      : []),
    ...Object.entries(pairFaults).map(
      ([fault, groups]) =>
        `Doubtful pairs: ${PAIR_FAULTS[fault] ?? fault} (${Object.entries(groups)
          .map(([group, count]) => `${group} ${formatCount(count)}`)
          .join(', ')})`,
    ),
  ];
}
