import { quote } from '../kit/text/quote';
import type { FaceRow, FaceSet } from '../data/face-set';
import { findNumber, numberWriter } from './face-contents';
import { identityNumbers, type SeenLists } from './seen-lists';
import type { TrainedOn } from './trained-on';

/** Test faces of a group, and those of them that were learnt from. */
export interface GroupOverlap {
  readonly group: string;
  readonly faces: number;
  /** Equal in pixels or file to a face that the model or, more remotely, its teacher has learnt from. */
  readonly seen: number;
  /** Those of them that only the teacher has learnt from. */
  readonly seenByTeacher: number;
}

export interface TrainingOverlap {
  readonly groups: readonly GroupOverlap[];
  /** The first few, in words. */
  readonly examples: readonly string[];
  /** Names `<domain>/<group>/<identity>` among the test faces that were among those learnt from, too. */
  readonly namesakes: { readonly count: number; readonly of: number; readonly first?: string };
}

const EXAMPLES = 3;

/**
 * Compares test faces with what a model was trained on. Holds a name per identity.
 * @param isTested whether a face takes part in the test
 */
export async function findTrainingOverlap(
  faces: Pick<FaceSet, 'rows'>,
  isTested: (face: FaceRow) => boolean,
  { own, teacher }: TrainedOn,
): Promise<TrainingOverlap> {
  const groups = new Map<string, { faces: number; seen: number; seenByTeacher: number }>();
  const names = new Set<string>();
  const examples: string[] = [];
  const isIn = lookUp();
  for await (const face of faces.rows()) {
    if (!isTested(face)) continue;
    const { group, domain, identity, path } = face;
    const counts = groups.get(group) ?? { faces: 0, seen: 0, seenByTeacher: 0 };
    groups.set(group, counts);
    counts.faces++;
    names.add(`${domain}/${group}/${identity}`);
    const byModel = isIn(face, own);
    const same = byModel ?? isIn(face, teacher);
    if (!same) continue;
    counts.seen++;
    if (!byModel) counts.seenByTeacher++;
    if (examples.length < EXAMPLES)
      examples.push(`${quote(path)}: the same ${same}${byModel ? '' : ', by its teacher'}`);
  }
  const byName = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    groups: byName.map(([group, counts]) => ({ ...counts, group })),
    examples,
    namesakes: namesakesOf([...names].sort(), own),
  };
}

/** How a face equals one of a list. */
function lookUp(): (face: FaceRow, lists: SeenLists) => 'pixels' | 'file' | undefined {
  const number = new BigUint64Array(1);
  const write = numberWriter(number);
  const has = (list: BigUint64Array, hex: string): boolean => {
    write(0, hex);
    return findNumber(list, number[0]!) >= 0;
  };
  return ({ key, photo }, lists) => {
    if (has(lists.faces, key)) return 'pixels';
    return photo && has(lists.photographs, photo) ? 'file' : undefined;
  };
}

function namesakesOf(names: readonly string[], { identities }: SeenLists): TrainingOverlap['namesakes'] {
  const numbers = identityNumbers(names);
  const found = names.filter((_, i) => findNumber(identities, numbers[i]!) >= 0);
  return { count: found.length, of: names.length, ...(found[0] !== undefined && { first: found[0] }) };
}
