import type { Json } from '../stage';
import type { Emit } from '../stage-task';
import { quote } from '../kit/text/quote';
import type { FaceRow } from '../data/face-set';
import type { PairList } from '../data/pair-list';

/** What may be wrong with a pair, worst first. */
const FAULTS = {
  mislabelled: 'are genuine pairs of two identities, or impostor pairs of one',
  samePictureImpostor: 'are impostor pairs of one picture, which belongs to two identities',
  samePictureGenuine: 'are genuine pairs of one picture, which every model gets right',
  contradicting: 'compare the same pictures as another pair of the other kind',
  repeated: 'compare the same pictures as another pair, and count more than once',
} as const;
type Fault = keyof typeof FAULTS;

/**
 * Counts the pairs of a list that contradict the pixels or identities of their faces, and warns of them. Nothing
 * is left out. Returns the number of pairs with each fault, of those that occur. Holds a few numbers a face and a pair.
 */
export async function checkPairs(
  pairs: Pick<PairList, 'count' | 'groups' | 'groupOf' | 'genuine' | 'a' | 'b' | 'paths' | 'slotOf'>,
  faces: AsyncIterable<FaceRow>,
  emit: Emit,
): Promise<Readonly<Record<string, Json>>> {
  const { pictures, people } = await describeSlots(pairs, faces);
  const found = new Map<Fault, { first: number; groups: Map<string, number> }>();
  const add = (fault: Fault, pair: number): void => {
    const entry = found.get(fault) ?? { first: pair, groups: new Map<string, number>() };
    found.set(fault, entry);
    const group = pairs.groups[pairs.groupOf[pair]!]!;
    entry.groups.set(group, (entry.groups.get(group) ?? 0) + 1);
  };
  const kinds = new Map<number, number>();
  for (let pair = 0; pair < pairs.count; pair++) {
    const [slotA, slotB, genuine] = [pairs.a[pair]!, pairs.b[pair]!, pairs.genuine[pair]!];
    const [a, b] = [pictures[slotA]!, pictures[slotB]!];
    const [personA, personB] = [people[slotA]!, people[slotB]!];
    if (personA >= 0 && personB >= 0 && (personA === personB) !== (genuine === 1)) add('mislabelled', pair);
    if (a === b) add(genuine === 1 ? 'samePictureGenuine' : 'samePictureImpostor', pair);
    const key = Math.min(a, b) * pairs.paths.length + Math.max(a, b);
    const before = kinds.get(key);
    if (before === undefined) kinds.set(key, genuine);
    else add(before === genuine ? 'repeated' : 'contradicting', pair);
  }
  for (const fault of Object.keys(FAULTS) as Fault[]) {
    const entry = found.get(fault);
    if (entry) emit({ type: 'log', level: 'warn', text: describe(pairs, fault, entry) });
  }
  return Object.fromEntries([...found].map(([fault, { groups }]) => [fault, Object.fromEntries(groups)]));
}

function describe(
  { a, b, paths }: Pick<PairList, 'a' | 'b' | 'paths'>,
  fault: Fault,
  { first, groups }: { readonly first: number; readonly groups: ReadonlyMap<string, number> },
): string {
  const counts = [...groups].map(([group, count]) => `${count} of group ${group}`).join(', ');
  const pair = `${quote(paths[a[first]!]!)} and ${quote(paths[b[first]!]!)}`;
  return `Pairs: ${counts} ${FAULTS[fault]}; the first is ${pair}`;
}

const UNKNOWN = -1;

/** By slot: the first slot with the same picture, and a number for the person; -1 where there is no face. */
async function describeSlots(
  { paths, slotOf }: Pick<PairList, 'paths' | 'slotOf'>,
  faces: AsyncIterable<FaceRow>,
): Promise<{ readonly pictures: Uint32Array; readonly people: Int32Array }> {
  const pictures = Uint32Array.from(paths, (_, slot) => slot);
  const people = new Int32Array(paths.length).fill(UNKNOWN);
  const [names, contents] = [new Map<string, number>(), new Map<string, number>()];
  for await (const { path, key, photo, domain, group, identity } of faces) {
    const slot = slotOf(path);
    if (slot === undefined) continue;
    const name = `${domain}/${group}/${identity}`;
    if (!names.has(name)) names.set(name, names.size);
    people[slot] = names.get(name)!;
    const picture = contents.get(key) ?? (photo ? contents.get(photo) : undefined) ?? slot;
    contents.set(key, picture);
    if (photo) contents.set(photo, picture);
    pictures[slot] = picture;
  }
  return { pictures, people };
}
