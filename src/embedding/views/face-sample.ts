import { seededRandom } from '../../kit/math/random';
import type { FaceRow } from '../../data/face-set';
import { dotProduct } from './embed-views';

/** A face that was kept for a look at the embeddings. */
export interface SampledFace {
  readonly face: Pick<FaceRow, 'row' | 'group' | 'identity'>;
  /** L2-normalised. */
  readonly embedding: Float32Array;
}

export interface FaceSample {
  /** Offers a face; its embedding is copied if it is kept. */
  offer(face: FaceRow, embedding: Float32Array): void;
  /** By group, identity and row. */
  faces(): SampledFace[];
}

const IDENTITIES = 16;
const FACES = 6;

/**
 * A bounded random sample of whole identities, at most 16 of each group with 6 faces each, taken in one pass: every identity
 * draws a number from its name, and those with the lowest numbers stay. Who is in at the end was never out, so no face of
 * theirs is missed.
 */
export function faceSample(seed: number): FaceSample {
  const groups = new Map<string, Kept[]>();
  let last: Draw | undefined;
  return {
    offer(face, embedding) {
      const { group, identity } = face;
      if (last?.group !== group || last.identity !== identity) {
        last = { group, identity, number: seededRandom(seed, 'face sample', group, identity).uniform() };
      }
      const kept = groups.get(group) ?? [];
      groups.set(group, kept);
      const own = kept.find(one => one.identity === identity) ?? admit(kept, last);
      if (own && own.faces.length < FACES) own.faces.push({ face, embedding: embedding.slice() });
    },
    faces: () =>
      [...groups.values()]
        .flat()
        .sort((a, b) => compare(a.group, b.group) || compare(a.identity, b.identity))
        .flatMap(({ faces }) => faces),
  };
}

/** Cosines of all pairs of the sample. */
export function pairCosines(sample: readonly SampledFace[]): { genuine: number[]; impostor: number[] } {
  const genuine: number[] = [];
  const impostor: number[] = [];
  sample.forEach((a, i) => {
    for (const b of sample.slice(i + 1))
      (samePerson(a, b) ? genuine : impostor).push(dotProduct(a.embedding, b.embedding));
  });
  return { genuine, impostor };
}

/** The face of another identity that is most like this one, or undefined when there is none. */
export function nearestStranger(
  one: SampledFace,
  sample: readonly SampledFace[],
): { stranger: SampledFace; cosine: number } | undefined {
  let best: { stranger: SampledFace; cosine: number } | undefined;
  for (const stranger of sample) {
    if (samePerson(one, stranger)) continue;
    const cosine = dotProduct(one.embedding, stranger.embedding);
    if (!best || cosine > best.cosine) best = { stranger, cosine };
  }
  return best;
}

interface Draw {
  readonly group: string;
  readonly identity: string;
  readonly number: number;
}

interface Kept extends Draw {
  readonly faces: SampledFace[];
}

function admit(kept: Kept[], draw: Draw): Kept | undefined {
  if (kept.length >= IDENTITIES) {
    const highest = kept.reduce((a, b) => (b.number > a.number ? b : a));
    if (draw.number >= highest.number) return undefined;
    kept.splice(kept.indexOf(highest), 1);
  }
  const own = { ...draw, faces: [] };
  kept.push(own);
  return own;
}

function samePerson(a: SampledFace, b: SampledFace): boolean {
  return a.face.identity === b.face.identity && a.face.group === b.face.group;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
