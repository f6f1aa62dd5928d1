import { describe, expect, test } from '@jest/globals';
import { FOLDS, pairsOf, requirePairs, type DrawnPair } from '../../src/drawing/pairs';
import { MOST_OF_EACH } from '../../src/drawing/drawing-options';
import { seededRandom } from '../../src/kit/math/random';

const album = { group: 'B', identities: 33, imagesEach: 4 };
const folds = (perFold: number, seed = 1, of = album): (readonly DrawnPair[])[] => [
  ...pairsOf(of, perFold, seededRandom(seed)),
];
const isGenuine = ({ a, b }: DrawnPair): boolean => a[0] === b[0];
const text = ({ a, b }: DrawnPair): string => [a, b].map(String).sort().join(' | ');

describe('pairsOf()', () => {
  test('gives 10 folds, each n genuine pairs and then n impostor pairs', () => {
    const list = folds(15);
    expect(list).toHaveLength(FOLDS);
    for (const fold of list) {
      expect(fold.map(isGenuine)).toEqual([...Array<boolean>(15).fill(true), ...Array<boolean>(15).fill(false)]);
    }
  });

  test('repeats no pair in either order, and pairs no photo with itself', () => {
    const all = folds(15).flat();
    expect(new Set(all.map(text)).size).toBe(all.length);
    expect(all.filter(({ a, b }) => String(a) === String(b))).toEqual([]);
  });

  test('numbers photos from 1 to the number of photos and identities below their number', () => {
    const photos = folds(15).flatMap(fold => fold.flatMap(({ a, b }) => [a, b]));
    expect([...new Set(photos.map(([, number]) => number))].sort()).toEqual([1, 2, 3, 4]);
    expect(Math.min(...photos.map(([identity]) => identity))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...photos.map(([identity]) => identity))).toBeLessThan(33);
  });

  test('puts each identity into one fold only', () => {
    const foldOf = new Map<number, Set<number>>();
    folds(15).forEach((fold, number) => {
      for (const identity of fold.flatMap(({ a, b }) => [a[0], b[0]]))
        foldOf.set(identity, (foldOf.get(identity) ?? new Set()).add(number));
    });
    expect([...foldOf.values()].filter(set => set.size !== 1)).toEqual([]);
  });

  test('gives every pair there is when asked for that many', () => {
    // 2 identities a fold: 2 * C(4,2) = 12 genuine pairs; 20 identities with 4 photos have 1 * 4 * 4 = 16 impostor pairs.
    const all = folds(12, 1, { group: 'A', identities: 20, imagesEach: 4 });
    expect(new Set(all[0]!.filter(isGenuine).map(text)).size).toBe(12);
  });

  test('the seed decides the pairs', () => {
    expect(folds(5, 1)).toEqual(folds(5, 1));
    expect(folds(5, 1)).not.toEqual(folds(5, 2));
  });

  test.each([
    [
      'one identity a fold',
      { group: 'A', identities: 19, imagesEach: 4 },
      1,
      /1 identity a fold.* 0 impostor pairs\. It takes testIdentities of at least 20$/,
    ],
    [
      'one photo each',
      { group: 'A', identities: 40, imagesEach: 1 },
      1,
      /0 genuine .* It takes testImages of at least 2$/,
    ],
    [
      'one pair too many',
      { group: 'A', identities: 20, imagesEach: 4 },
      13,
      /It takes testIdentities of at least 30, or testImages of at least 5, or pairsPerFold of at most 12$/,
    ],
    [
      'more identities than 20 that are too few',
      { group: 'A', identities: 24, imagesEach: 4 },
      50,
      /It takes testIdentities of at least 90, or testImages of at least 8, or pairsPerFold of at most 12$/,
    ],
    [
      'no identities',
      { group: 'A', identities: 0, imagesEach: 4 },
      1,
      /0 test identities.* It takes testIdentities of at least 20$/,
    ],
    [
      'neither people nor photos',
      { group: 'A', identities: 10, imagesEach: 1 },
      3,
      /It takes testIdentities of at least 20 and testImages of at least 3$/,
    ],
    [
      'two photos of too many people',
      { group: 'A', identities: 20, imagesEach: 2 },
      1000,
      /It takes testImages of at least 33, or pairsPerFold of at most 2$/,
    ],
    [
      'too few people for any number of them to be enough',
      { group: 'A', identities: 19, imagesEach: 2 },
      1000,
      /It takes testIdentities of at least 20 and testImages of at least 33$/,
    ],
    [
      'as many people as there can be',
      { group: 'A', identities: 9999, imagesEach: 4 },
      9999,
      /It takes testImages of at least 6, or pairsPerFold of at most 5994$/,
    ],
  ])('refuses %s and says how many there would be', (_, of, perFold, message) => {
    expect(() => folds(perFold, 1, of)).toThrow(expect.objectContaining({ code: 'too-few-pairs' }));
    expect(() => folds(perFold, 1, of)).toThrow(message);
  });

  test.each([
    [20, 3, 25],
    [24, 4, 50],
    [90, 2, 400],
    [31, 7, 9999],
  ])(
    'what it says for %d people with %d photos and %d pairs is enough, and one less is not',
    (identities, images, n) => {
      const works = (some: number, imagesEach: number, perFold: number): boolean => {
        try {
          requirePairs({ group: 'A', identities: some, imagesEach }, perFold);
          return true;
        } catch {
          return false;
        }
      };
      const told = (): void => requirePairs({ group: 'A', identities, imagesEach: images }, n);
      const numbers = /at least (\d+), or testImages of at least (\d+), or pairsPerFold of at most (\d+)$/;
      expect(told).toThrow(numbers);
      const [people, photos, most] = numbers.exec(messageOf(told))!.slice(1).map(Number) as [number, number, number];
      expect([works(people, images, n), works(people - 1, images, n)]).toEqual([true, false]);
      expect([works(identities, photos, n), works(identities, photos - 1, n)]).toEqual([true, false]);
      expect([works(identities, images, most), works(identities, images, most + 1)]).toEqual([true, false]);
    },
  );
});

describe('requirePairs() with numbers at the bounds of the options', () => {
  const numbers = [0, 1, 2, 9, 19, 20, 39, 500, MOST_OF_EACH];
  const all = numbers.flatMap(identities =>
    [1, 2, 3, 100, MOST_OF_EACH].flatMap(imagesEach =>
      [1, 2, 998, 1000, MOST_OF_EACH].map(perFold => ({ identities, imagesEach, perFold })),
    ),
  );
  const refusal = ({ perFold, ...of }: (typeof all)[number]): string =>
    messageOf(() => requirePairs({ group: 'A', ...of }, perFold));
  const refused = all.filter(options => refusal(options) !== '');
  const NAMES = { testIdentities: 'identities', testImages: 'imagesEach', pairsPerFold: 'perFold' } as const;

  test('has something to refuse', () => expect(refused.length).toBeGreaterThan(50));

  test('says only what the options allow and what is enough', () => {
    for (const options of refused) {
      const ways = refusal(options).split('It takes ')[1]!.split(', or ');
      for (const way of ways) {
        const changes = [...way.matchAll(/(\w+) of at (?:least|most) (\d+)/g)].map(
          ([, name, number]) => [NAMES[name as keyof typeof NAMES], Number(number)] as const,
        );
        expect(changes.length).toBeGreaterThan(0);
        for (const [, number] of changes) expect(number).toBeLessThanOrEqual(MOST_OF_EACH);
        expect(refusal({ ...options, ...Object.fromEntries(changes) })).toBe('');
      }
    }
  });
});

function messageOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
