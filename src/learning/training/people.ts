import { refuseDuplicates } from '../../leakage/refuse-duplicates';
import type { Emit } from '../../stage-task';
import type { PeopleOptions } from './people-options';
import type { Samples, SourceSet } from './samples';

/**
 * Warns of people of equal names in several sets, unless the options say who they are, and compares the faces with each other.
 * Errors as `refuseDuplicates` does.
 */
export async function checkPeople(
  sources: readonly SourceSet[],
  samples: Samples,
  { identities, allowDuplicates: allowed = 0 }: PeopleOptions,
  folder: string,
  emit: Emit,
): Promise<void> {
  const { count, first } = samples.namesakes;
  if (count > 0 && identities === undefined) {
    const stages = sources.map(({ input }) => `"${input.stage}"`).join(', ');
    const text =
      `${count} names stand for people of several of the face sets ${stages}, the first is ${first!}: they are taken for different people. ` +
      'Write `identities: shared` under `with` where they are the same people, `identities: separate` where they are not';
    emit({ type: 'log', level: 'warn', text });
  }
  warnOfSingles(samples, emit);
  const sets = sources.map(({ input: { stage }, faces }) => ({ stage, faces }));
  const duplicates = await refuseDuplicates(sets, samples, { allowed, doing: 'Train', folder }, emit);
  emit({ type: 'metrics', values: { duplicates } });
}

/** An identity with one face teaches how it differs from others, and not what a face keeps from photograph to photograph. */
function warnOfSingles({ labels, classes }: Samples, emit: Emit): void {
  const faces = new Uint32Array(classes.length);
  for (const label of labels) faces[label]!++;
  const single = faces.reduce((count, own) => count + Number(own === 1), 0);
  if (2 * single <= classes.length) return;
  const text =
    `${single} of ${classes.length} identities have a single face: nothing shows what two photographs of a person have in common. Are ` +
    'the folders those of people, and not of photographs?';
  emit({ type: 'log', level: 'warn', text });
}
