import { UserError } from '../errors';
import type { Json } from '../stage';
import type { Emit } from '../stage-task';
import type { FaceRow, FaceSet } from '../data/face-set';
import type { TrainedOn } from './trained-on';
import { findTrainingOverlap, type TrainingOverlap } from './training-overlap';

/** What an evaluation says of the faces that were learnt from. */
export type OverlapSummary = Readonly<Record<string, Json>>;

/**
 * Refuses test faces that a model has learnt from: `test-faces-in-training` (`UserError`) when they are more than `allowed`, a
 * share of 0 to 1, of the faces of a group. Warns of those that are allowed, and of people with the names of people in training.
 * @param trainedOn undefined for a model that does not say what it was trained on
 */
export async function refuseOverlap(
  faces: Pick<FaceSet, 'rows'>,
  isTested: (face: FaceRow) => boolean,
  trainedOn: TrainedOn | undefined,
  allowed: number,
  emit: Emit,
): Promise<OverlapSummary> {
  if (!trainedOn) return { model: 'not known' };
  const overlap = await findTrainingOverlap(faces, isTested, trainedOn);
  judge(overlap, allowed, emit);
  const { count, of, first } = overlap.namesakes;
  if (count > 0) {
    const text =
      `${count} of ${of} identities of the test have the names of identities in training, the first is ${first!}: if they are the same people, ` +
      'the accuracy is too high; if not, give one of the read-faces stages another `domain`';
    emit({ type: 'log', level: 'warn', text });
  }
  const sum = (what: 'faces' | 'seen' | 'seenByTeacher'): number =>
    overlap.groups.reduce((total, group) => total + group[what], 0);
  const counts = { faces: sum('faces'), seen: sum('seen'), seenByTeacher: sum('seenByTeacher'), identities: count };
  emit({ type: 'metrics', values: { seenInTraining: counts } });
  const groups = overlap.groups.map(group => ({ ...group }));
  return { model: 'known', teacher: trainedOn.teacherIs, ...counts, groups };
}

function judge({ groups, examples }: TrainingOverlap, allowed: number, emit: Emit): void {
  const found = groups.filter(({ seen }) => seen > 0);
  if (found.length === 0) return;
  const counts = found.map(
    ({ group, faces, seen, seenByTeacher }) =>
      `${seen} of ${faces} faces of group ${group}${seenByTeacher > 0 ? ` (${seenByTeacher} by its teacher only)` : ''}`,
  );
  const text = `the model has learnt from ${counts.join(', ')}, so that its accuracy there is no estimate for faces that it has not seen`;
  const first = `The first:${examples.map(example => `\n  ${example}`).join('')}\n`;
  const worst = Math.max(...found.map(({ faces, seen }) => seen / faces));
  // A share given as 0.1 must allow 1 of 10 whatever the rounding.
  if (worst > allowed + 1e-12) {
    throw new UserError(
      `Cannot evaluate: ${text}; want at most ${Number((allowed * 100).toPrecision(6))} % of a group. ${first}` +
        'Test on a split that was not learnt from, train without these faces, or continue with them: set ' +
        `\`allowOverlap: ${Math.ceil(worst * 1000) / 1000}\` under \`with\``,
      { code: 'test-faces-in-training' },
    );
  }
  emit({
    type: 'log',
    level: 'warn',
    text: `Test faces in training: ${text} (allowOverlap: ${allowed}). ${first}`.trim(),
  });
}
