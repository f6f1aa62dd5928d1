import type { FaceRow } from '../../data/face-set';
import { seededRandom } from '../../kit/math/random';

/** Faces that show whether a model can be trusted, before the work starts. */
export interface FaceChoice {
  /** Two of each identity, where there are two. */
  readonly first: readonly FaceRow[];
  /** Further faces of the same identities, for what the first leave open. */
  readonly more: readonly FaceRow[];
}

const IDENTITIES = 32;
const FACES = 4;

/**
 * At most 32 identities, as many of each group as there are, with up to 4 faces each. Those with several faces go before those with one;
 * otherwise every identity draws a number from its name and the lowest are taken. One pass; holds a few hundred rows a group.
 */
export async function chooseFaces(rows: AsyncIterable<FaceRow>): Promise<FaceChoice> {
  const groups = new Map<string, Candidate[]>();
  let last: Candidate | undefined;
  for await (const face of rows) {
    if (last?.group === face.group && last.identity === face.identity && last.domain === face.domain) {
      if (last.faces.length < FACES) last.faces.push(face);
      continue;
    }
    const kept = groups.get(face.group) ?? [];
    groups.set(face.group, kept);
    last = kept.find(isSame(face)) ?? candidateOf(face);
    if (last.faces[0] === face) keepBest(kept, last);
    else if (last.faces.length < FACES) last.faces.push(face);
  }
  const chosen = inTurn(
    [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kept]) => kept.sort(byRank)),
  );
  const people = chosen.sort((a, b) => Number(b.faces.length > 1) - Number(a.faces.length > 1)).slice(0, IDENTITIES);
  return {
    first: people.flatMap(({ faces }) => faces.slice(0, 2)),
    more: people.flatMap(({ faces }) => faces.slice(2)),
  };
}

interface Candidate extends Pick<FaceRow, 'group' | 'identity' | 'domain'> {
  readonly number: number;
  readonly faces: FaceRow[];
}

function candidateOf(face: FaceRow): Candidate {
  const { group, identity, domain } = face;
  const number = seededRandom(0, 'recogniser sample', group, identity).uniform();
  return { group, identity, domain, number, faces: [face] };
}

function isSame(face: FaceRow): (one: Candidate) => boolean {
  return one => one.identity === face.identity && one.domain === face.domain;
}

/** How many identities of a group are held: many may turn out to have one face only. */
const HELD = 4 * IDENTITIES;

/** Adds a candidate, and lets the worst go; the newest stays until the next comes, because its faces are still being counted. */
function keepBest(kept: Candidate[], one: Candidate): void {
  if (kept.length > HELD) {
    const worst = kept.reduce((a, b) => (byRank(a, b) > 0 ? a : b));
    kept.splice(kept.indexOf(worst), 1);
  }
  kept.push(one);
}

function byRank(a: Candidate, b: Candidate): number {
  return Number(b.faces.length > 1) - Number(a.faces.length > 1) || a.number - b.number;
}

/** The first of every list, then the second of every list … */
function inTurn<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap(list => list.slice(i, i + 1))).flat();
}
