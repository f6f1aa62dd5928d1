import type { MixOptions } from '../../../src/datasets/mixing/mix-options';
import { describe, expect, test } from '@jest/globals';
import { countPlan, planFilter } from '../../../src/datasets/mixing/mix-counts';
import { planMix, type Chosen, type ImagesByIdentity } from '../../../src/datasets/mixing/mix-plan';

/** `count` identities with the given numbers of images in turn. */
const people = (prefix: string, count: number, ...images: readonly number[]): ImagesByIdentity =>
  new Map(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, images[i % images.length]!]));
const stock = (real: Record<string, ImagesByIdentity>, synthetic: Record<string, ImagesByIdentity>) => ({
  real: new Map(Object.entries(real)),
  synthetic: new Map(Object.entries(synthetic)),
});
const plan = (available: ReturnType<typeof stock>, options: Partial<MixOptions> = {}) =>
  planMix(available, { realShare: 0.7, by: 'identities', seed: 1, ...options });
const sizes = (available: ReturnType<typeof stock>, options: Partial<MixOptions> = {}) =>
  [...plan(available, options)].map(([group, { real, synthetic }]) => [group, real.size, synthetic.size]);
const images = (chosen: Chosen): number => [...chosen.values()].reduce((sum, count) => sum + count, 0);

describe('planMix', () => {
  test('takes as many as it can so that the share is exact, the same number in every group', () => {
    // A could give 80 (56 + 24), B with its 50 real ones 70 (49 + 21).
    const available = stock(
      { A: people('r', 60, 8), B: people('r', 50, 8) },
      { B: people('s', 30, 8), A: people('s', 30, 8) },
    );
    expect(sizes(available)).toEqual([
      ['A', 49, 21],
      ['B', 49, 21],
    ]);
  });

  test.each([
    [0, 0, 30],
    [0.25, 10, 30],
    [0.5, 30, 30],
    [0.9, 54, 6],
    [1, 60, 0],
  ])('keeps a share of %d', (realShare, real, synthetic) => {
    const available = stock({ A: people('r', 60, 8) }, { A: people('s', 30, 8) });
    expect(sizes(available, { realShare })).toEqual([['A', real, synthetic]]);
  });

  test('rounds to the nearest when the total is given', () => {
    const available = stock({ A: people('r', 60, 8) }, { A: people('s', 30, 8) });
    expect(sizes(available, { total: 10 })).toEqual([['A', 7, 3]]);
    expect(sizes(available, { total: 11 })).toEqual([['A', 8, 3]]);
    expect(sizes(available, { total: 1 })).toEqual([['A', 1, 0]]);
  });

  test('depends on the seed alone, and a smaller mix is part of a larger one', () => {
    const available = stock({ A: people('r', 60, 8) }, { A: people('s', 30, 8) });
    const shuffled = stock(
      { A: new Map([...people('r', 60, 8)].reverse()) },
      { A: new Map([...people('s', 30, 8)].reverse()) },
    );
    const small = [...plan(available, { total: 10 }).get('A')!.real.keys()];
    expect([...plan(shuffled, { total: 10 }).get('A')!.real.keys()]).toEqual(small);
    expect([...plan(available, { total: 10, seed: 2 }).get('A')!.real.keys()]).not.toEqual(small);
    const large = plan(available, { total: 40 }).get('A')!.real;
    expect(small.every(name => large.has(name))).toBe(true);
  });

  test('is exact by images: whole identities, the last one in part', () => {
    const available = stock({ A: people('r', 20, 3, 5) }, { A: people('s', 10, 4) });
    // 80 real and 40 synthetic images: the largest exact total is 110 with 77 and 33.
    const { real, synthetic } = plan(available, { by: 'images' }).get('A')!;
    expect([images(real), images(synthetic)]).toEqual([77, 33]);
    const parts = [...synthetic.values()].filter(count => count < 4);
    expect(parts).toEqual([1]);
  });

  test.each([
    [
      { total: 50 },
      'Cannot mix: group B has 30 real and 30 synthetic identities, want 35 and 15; set total to at most 43, change realShare, or leave total out',
    ],
    [
      { realShare: 0.123 },
      'Cannot mix: no number of identities has a real share of exactly 0.123 with what every group can give ' +
        '(real and synthetic A: 60 and 30; B: 30 and 30); set total, and the share is met as nearly as it can be, or change realShare',
    ],
    [{ by: 'images' as const, total: 1000 }, 'group A has 480 real and 240 synthetic images, want 700 and 300'],
  ])('refuses what a group cannot give: %j', (options, message) => {
    const available = stock(
      { A: people('r', 60, 8), B: people('r', 30, 8) },
      { A: people('s', 30, 8), B: people('s', 30, 8) },
    );
    expect(() => plan(available, options)).toThrow(message);
  });

  test('names a total that works where it says so', () => {
    const available = stock({ A: people('r', 30, 8) }, { A: people('s', 30, 8) });
    expect(sizes(available, { total: 43 })).toEqual([['A', 30, 13]]);
    expect(() => plan(available, { total: 44 })).toThrow('set total to at most 43');
  });
});

describe('planFilter', () => {
  test('takes the first images of each chosen identity', () => {
    const chosen = new Map([['A', { real: new Map([['x', 2]]), synthetic: new Map<string, number>() }]]);
    const isTaken = planFilter(chosen, 'real');
    const offered = ['x', 'y', 'x', 'x'].map((identity, row) =>
      isTaken({ row, identity, group: 'A', key: '', path: '', domain: 'real', residual: 0 }),
    );
    expect(offered).toEqual([true, false, true, false]);
  });
});

describe('countPlan', () => {
  test('counts identities and images and the share that was achieved', () => {
    const chosen = new Map([
      [
        'A',
        {
          real: new Map([
            ['x', 6],
            ['y', 3],
          ]),
          synthetic: new Map([['z', 1]]),
        },
      ],
    ]);
    expect(countPlan(chosen)).toEqual({
      A: {
        real: { identities: 2, images: 9 },
        synthetic: { identities: 1, images: 1 },
        realShare: { identities: 2 / 3, images: 0.9 },
      },
    });
  });
});
