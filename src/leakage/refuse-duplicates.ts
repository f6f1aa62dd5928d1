import { join } from 'node:path';
import { UserError } from '../errors';
import type { Json } from '../stage';
import type { Emit } from '../stage-task';
import { listDuplicates, type NamedSet } from './duplicate-list';
import { readContents, type PlacedFaces } from './face-contents';
import { DUPLICATE, findDuplicates, isConflict } from './find-duplicates';

/** Faces to be learnt from. */
export interface PeopledFaces extends PlacedFaces {
  /** By face: a number of its person. */
  readonly labels: Int32Array;
  /** By person. */
  readonly groups: readonly string[];
}

export interface DuplicatePolicy {
  /** Share of the faces of each group that may show the same picture as another person's face, 0 to 1. */
  readonly allowed: number;
  /** `Train`, `Mix`, `Evaluate`: begins the messages. */
  readonly doing: string;
  /** Gets the list, `duplicates.txt`, when there are any. */
  readonly folder: string;
}

const FILE = 'duplicates.txt';

/**
 * Compares the faces with each other by content, lists and counts those that are equal, and warns of them. Errors with
 * `duplicate-faces` (`UserError`) when more faces of a group than allowed are shown under another identity too. Returns
 * the counts, for metrics.
 */
export async function refuseDuplicates(
  sets: readonly NamedSet[],
  people: PeopledFaces,
  policy: DuplicatePolicy,
  emit: Emit,
): Promise<Readonly<Record<string, Json>>> {
  const faceSets = sets.map(({ faces }) => faces);
  const flags = findDuplicates(await readContents(faceSets, people), people.labels);
  const [ofOthers, ofOwn] = [flags.reduce((sum, flag) => sum + Number(isConflict(flag)), 0), countOwn(flags)];
  const duplicates: Record<string, Json> = { ofOtherIdentity: ofOthers, ofSameIdentity: ofOwn };
  if (ofOthers + ofOwn > 0) {
    const examples = await listDuplicates(join(policy.folder, FILE), sets, people, flags);
    emit({ type: 'look', file: FILE, caption: 'Faces that show the same picture as another one' });
    if (ofOthers > 0) duplicates['groups'] = judge(people, flags, examples, policy, emit);
    if (ofOwn > 0) {
      const text = `${ofOwn} of ${flags.length} faces show the same picture as another face of the same identity, and count more than once; they are listed in ${FILE}`;
      emit({ type: 'log', level: 'warn', text });
    }
  }
  return duplicates;
}

function countOwn(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + Number(flag === DUPLICATE.repeated), 0);
}

/** Returns the number of faces of each group that has some. */
function judge(
  { labels, groups }: PeopledFaces,
  flags: Uint8Array,
  examples: readonly string[],
  { allowed, doing }: DuplicatePolicy,
  emit: Emit,
): Record<string, number> {
  const [all, shared] = [new Map<string, number>(), new Map<string, number>()];
  const count = (counts: Map<string, number>, group: string): unknown =>
    counts.set(group, (counts.get(group) ?? 0) + 1);
  for (const [i, label] of labels.entries()) {
    count(all, groups[label]!);
    if (isConflict(flags[i]!)) count(shared, groups[label]!);
  }
  const found = [...shared].sort(([a], [b]) => (a < b ? -1 : 1));
  const worst = Math.max(...found.map(([group, number]) => number / all.get(group)!));
  const counts = found.map(([group, number]) => `${number} of ${all.get(group)!} faces of group ${group}`).join(', ');
  const text = `${counts} show the same picture as a face of another identity`;
  const first = `The first:${examples.map(example => `\n  ${example}`).join('')}\n`;
  // A share given as 0.1 must allow 1 of 10 whatever the rounding.
  if (worst > allowed + 1e-12) {
    throw new UserError(
      `${doing}: ${text}, want at most ${Number((allowed * 100).toPrecision(6))} % of a group. ${first}` +
        `All are listed in ${FILE}. Keep each picture under the right identity only, or continue with these faces: set ` +
        `\`allowDuplicates: ${Math.ceil(worst * 1000) / 1000}\` under \`with\``,
      { code: 'duplicate-faces' },
    );
  }
  emit({
    type: 'log',
    level: 'warn',
    text: `${text} (allowDuplicates: ${allowed}). ${first}All are listed in ${FILE}`,
  });
  return Object.fromEntries(found);
}
