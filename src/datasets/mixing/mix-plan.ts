import { UserError } from '../../errors';
import { permutation, seededRandom } from '../../kit/math/random';
import type { MixOptions } from './mix-options';

export const SOURCES = ['real', 'synthetic'] as const;
export type Source = (typeof SOURCES)[number];

/** Images per identity of one group of one face set. */
export type ImagesByIdentity = ReadonlyMap<string, number>;

/** How many images of each chosen identity to take: all of them, but for the last one of a mix by images. */
export type Chosen = ReadonlyMap<string, number>;
export type MixPlan = ReadonlyMap<string, Readonly<Record<Source, Chosen>>>;

/**
 * Chooses identities of each group: `realShare` of them from the real set, the others from the synthetic one, as many in every
 * group. Without `total` it is the largest number for which the share is exact and which every group can give. With `total`,
 * the number of real ones is rounded to the nearest integer.
 *
 * By images, identities are taken whole, in random order, until the number of images is reached; of the last one only the first
 * images are taken, so that the number is exact. Which identities are taken depends on seed, group and source alone, so that a
 * smaller mix is part of a larger one. Errors with `mix-impossible` (`UserError`) and the counts.
 */
export function planMix(
  available: Readonly<Record<Source, ReadonlyMap<string, ImagesByIdentity>>>,
  options: MixOptions,
): MixPlan {
  const groups = [...available.real.keys()].sort();
  const stock = groups.map(group => ({
    group,
    real: amount(available.real.get(group), options.by),
    synthetic: amount(available.synthetic.get(group), options.by),
  }));
  const total = options.total ?? largestTotal(stock, options);
  const real = realOf(total, options.realShare);
  const wanted = { real, synthetic: total - real };
  for (const { group, ...has } of stock) {
    if (has.real >= wanted.real && has.synthetic >= wanted.synthetic) continue;
    throw impossible(
      `group ${group} has ${has.real} real and ${has.synthetic} synthetic ${options.by}, want ${wanted.real} and ${wanted.synthetic}`,
      `set total to at most ${largestRounded(stock, options.realShare)}, change realShare, or leave total out`,
    );
  }
  return new Map(
    groups.map(group => {
      const choose = (source: Source): Chosen => {
        const identities = available[source].get(group) ?? new Map<string, number>();
        const random = seededRandom(options.seed, 'mix', source, group);
        return take(identities, permutation(identities.size, random), wanted[source], options.by);
      };
      return [group, { real: choose('real'), synthetic: choose('synthetic') }];
    }),
  );
}

function realOf(total: number, realShare: number): number {
  return Math.round(total * realShare);
}

/** A share may be missed by so much without a word. */
const NEAR_SHARE = 0.01;

/** In words, where a stated total has no whole number of real ones near the wanted share. */
export function missedShare({ realShare, total, by }: Omit<MixOptions, 'seed'>): string | undefined {
  if (total === undefined) return undefined;
  const real = realOf(total, realShare);
  if (Math.abs(real / total - realShare) <= NEAR_SHARE) return undefined;
  return (
    `the real share of each group is ${Number((real / total).toPrecision(3))}, ${real} of ${total} ${by}, where ${realShare} is wanted: ` +
    'take a larger total, or one of which that is a whole number'
  );
}

interface Stock {
  readonly group: string;
  readonly real: number;
  readonly synthetic: number;
}

function amount(identities: ImagesByIdentity | undefined, by: MixOptions['by']): number {
  if (identities === undefined) return 0;
  return by === 'identities' ? identities.size : [...identities.values()].reduce((sum, count) => sum + count, 0);
}

/** The largest total whose real part is a whole number and which every group can give. */
function largestTotal(stock: readonly Stock[], { realShare, by }: MixOptions): number {
  for (let total = largestRounded(stock, realShare); total > 0; total--) {
    const real = total * realShare;
    // Shares such as 0.7 are not exact in binary.
    if (Math.abs(real - Math.round(real)) < 1e-6) return total;
  }
  const counts = stock.map(({ group, real, synthetic }) => `${group}: ${real} and ${synthetic}`).join('; ');
  throw impossible(
    `no number of ${by} has a real share of exactly ${realShare} with what every group can give (real and synthetic ${counts})`,
    'set total, and the share is met as nearly as it can be, or change realShare',
  );
}

/** The largest total that every group can give, the real part rounded. */
function largestRounded(stock: readonly Stock[], realShare: number): number {
  const real = Math.min(...stock.map(group => group.real));
  const synthetic = Math.min(...stock.map(group => group.synthetic));
  const bound = Math.min(
    realShare > 0 ? (real + 1) / realShare : Infinity,
    realShare < 1 ? (synthetic + 1) / (1 - realShare) : Infinity,
  );
  let total = Math.floor(Math.min(bound, real + synthetic));
  while (total > 0 && (realOf(total, realShare) > real || total - realOf(total, realShare) > synthetic)) total--;
  return total;
}

function take(identities: ImagesByIdentity, order: Uint32Array, wanted: number, by: MixOptions['by']): Chosen {
  const names = [...identities.keys()].sort();
  const chosen = new Map<string, number>();
  let left = wanted;
  for (const place of order) {
    if (left === 0) break;
    const name = names[place]!;
    const images = identities.get(name)!;
    const taken = by === 'identities' ? images : Math.min(images, left);
    chosen.set(name, taken);
    left -= by === 'identities' ? 1 : taken;
  }
  return chosen;
}

function impossible(found: string, then: string): UserError {
  return new UserError(`Cannot mix: ${found}; ${then}`, { code: 'mix-impossible' });
}
