import { UserError } from '../errors';
import { permutation, type Random } from '../kit/math/random';
import { plural } from '../kit/text/human';
import { MOST_OF_EACH } from './drawing-options';

export const FOLDS = 10;

/** Two photos, each an identity's index in its album and a number from 1. The same identity twice is a genuine pair. */
export interface DrawnPair {
  readonly a: readonly [identity: number, number: number];
  readonly b: readonly [identity: number, number: number];
}

/** What pairs are made of: people and how many photos there are of each. */
export interface PairedAlbum {
  /** For messages. */
  readonly group: string;
  readonly identities: number;
  readonly imagesEach: number;
}

/**
 * The pairs of an album as RFW lists them: 10 folds, each `perFold` genuine pairs and then `perFold` impostor pairs, all
 * different. Each identity belongs to one fold, so that a threshold is never tested on people it was chosen on.
 *
 * Yields fold after fold. Throws a `UserError` (`too-few-pairs`) when a fold has not that many pairs.
 */
export function* pairsOf(album: PairedAlbum, perFold: number, random: Random): Generator<readonly DrawnPair[]> {
  requirePairs(album, perFold);
  const order = permutation(album.identities, random);
  for (let fold = 0; fold < FOLDS; fold++) {
    const members = order.filter((_, place) => place % FOLDS === fold);
    yield [
      ...genuine(members, album.imagesEach, perFold, random),
      ...impostors(members, album.imagesEach, perFold, random),
    ];
  }
}

/** Throws a `UserError` (`too-few-pairs`) when some fold cannot have that many pairs. */
export function requirePairs({ group, identities, imagesEach }: PairedAlbum, perFold: number): void {
  // Folds differ by at most one identity; the smallest decides.
  const members = Math.floor(identities / FOLDS);
  const { genuinePairs, impostorPairs } = numbersOfPairs(members, imagesEach);
  if (Math.min(genuinePairs, impostorPairs) >= perFold) return;
  throw new UserError(
    `Cannot make the pairs of group ${group}: wanted ${perFold} genuine and ${perFold} impostor pairs in each of ${FOLDS} folds, but ` +
      `${identities} test identities with ${imagesEach} images give ${plural(members, 'identity')} a fold, hence at most ${genuinePairs} ` +
      `genuine and ${impostorPairs} impostor pairs. It takes ${waysOut(members, imagesEach, perFold).join(', or ')}`,
    { code: 'too-few-pairs' },
  );
}

function numbersOfPairs(members: number, images: number) {
  return { genuinePairs: members * two(images), impostorPairs: two(members) * images ** 2 };
}

/**
 * What to change for that many pairs, each by itself enough and within what the options may say: a pair of one takes two images, a pair of two
 * takes two people. Two people in a fold and enough images are always enough.
 */
function waysOut(members: number, images: number, perFold: number): string[] {
  const pairs = (someMembers: number, someImages: number): number =>
    Math.min(...Object.values(numbersOfPairs(someMembers, someImages)));
  const imagesWith = (someMembers: number): string[] =>
    first(MOST_OF_EACH, some => pairs(someMembers, some) >= perFold).map(some => `testImages of at least ${some}`);
  const mostMembers = Math.floor(MOST_OF_EACH / FOLDS);
  const alone = [
    ...first(mostMembers, some => pairs(some, images) >= perFold).map(some => identities(some)),
    ...imagesWith(members),
  ];
  const most = pairs(members, images);
  return [
    ...(alone.length > 0 ? alone : imagesWith(2).map(more => `${identities(2)} and ${more}`)),
    ...(most === 0 ? [] : [`pairsPerFold of at most ${most}`]),
  ];
}

function identities(members: number): string {
  return `testIdentities of at least ${FOLDS * members}`;
}

/** The least number from 2 that is enough; none when it would be above `most`. */
function first(most: number, isEnough: (number: number) => boolean): number[] {
  for (let number = 2; number <= most; number++) if (isEnough(number)) return [number];
  return [];
}

function genuine(members: Uint32Array, images: number, count: number, random: Random): DrawnPair[] {
  return distinct(members.length * two(images), count, random).map(index => {
    const identity = members[Math.floor(index / two(images))]!;
    const [i, j] = pairNumber(index % two(images));
    return { a: [identity, i + 1], b: [identity, j + 1] };
  });
}

function impostors(members: Uint32Array, images: number, count: number, random: Random): DrawnPair[] {
  return distinct(two(members.length) * images ** 2, count, random).map(index => {
    const [m, n] = pairNumber(Math.floor(index / images ** 2));
    const photos = index % images ** 2;
    return { a: [members[m]!, Math.floor(photos / images) + 1], b: [members[n]!, (photos % images) + 1] };
  });
}

/** `count` different integers below `below`, every such set equally likely (Floyd's sampling). */
function distinct(below: number, count: number, random: Random): number[] {
  const chosen = new Set<number>();
  for (let last = below - count; last < below; last++) {
    const candidate = random.integer(last + 1);
    chosen.add(chosen.has(candidate) ? last : candidate);
  }
  return [...chosen];
}

/** How many pairs of n things. */
function two(n: number): number {
  return (n * (n - 1)) / 2;
}

/** The index-th pair (i, j) with i < j, in the order (0,1) (0,2) (1,2) (0,3) … */
function pairNumber(index: number): readonly [i: number, j: number] {
  let j = 1;
  while (two(j + 1) <= index) j++;
  return [index - two(j), j];
}
