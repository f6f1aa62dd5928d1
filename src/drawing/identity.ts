import type { Random } from '../kit/math/random';
import { along, HAIR, IRIS, mix, SKIN, type Rgb } from './colour';
import type { Domain } from './domains';
import { HAIR_STYLES, type GroupTraits, type HairStyle } from './groups';
import { TRAIT_NAMES, TRAITS, type Trait, type Traits } from './traits';

/** A mark on the skin, in drawing millimetres from the middle between the pupils. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Everything about a drawn person that does not change from photo to photo. */
export interface Identity {
  readonly traits: Traits;
  readonly skin: Rgb;
  readonly hair: Rgb;
  readonly iris: Rgb;
  readonly hairStyle: HairStyle;
  /** 24 uniform numbers that give the hair's outline its irregularities. */
  readonly strands: readonly number[];
  readonly freckles: readonly Mark[];
  readonly moles: readonly Mark[];
  /** Densities 0..1; 0 = none. */
  readonly beard: number;
  readonly moustache: number;
  readonly glasses: Glasses;
}

export interface Glasses {
  /** Chance of being worn in a photo. */
  readonly habit: number;
  /** Half the width of a lens in drawing millimetres. */
  readonly size: number;
  /** 0 = round, 1 = rectangular. */
  readonly squareness: number;
  readonly rim: number;
  readonly colour: Rgb;
}

const STRAND_COUNT = 24;
/** Beyond this many spreads a face stops looking like one. */
const FURTHEST = 2.3;

/** Draws an identity of a group, as far from the group's mean as the domain allows. */
export function drawIdentity(group: GroupTraits, domain: Domain, random: Random): Identity {
  const spread = group.spread * domain.variety;
  const traits = eachTrait(name => {
    const [mean, deviation] = TRAITS[name];
    return mean + deviation * ((group.shift[name] ?? 0) + spread * bounded(random.normal()));
  });
  const undertone = random.normal() * 5;
  const skin = along(SKIN, random.uniform());
  const bearded = random.uniform() < group.marks.beard;
  const freckled = random.uniform() < group.marks.freckles;
  return {
    traits,
    skin: [skin[0] + undertone, skin[1], skin[2] - undertone],
    hair: mix(along(HAIR, random.uniform()), [70, 52, 40], random.uniform() * 0.25),
    iris: along(IRIS, random.uniform()),
    hairStyle: HAIR_STYLES[weighted(group.hairStyles, random)]!,
    strands: Array.from({ length: STRAND_COUNT }, () => random.uniform()),
    freckles: Array.from({ length: freckled ? 18 + random.integer(22) : 0 }, () => freckle(random)),
    moles: Array.from({ length: moleCount(group.marks.moles, random) }, () => mole(random)),
    beard: bearded ? 0.25 + 0.75 * random.uniform() : 0,
    moustache: bearded && random.uniform() < 0.7 ? 0.4 + 0.6 * random.uniform() : 0,
    glasses: {
      habit: random.uniform() < group.marks.glasses ? 0.85 : 0.03,
      size: 20 + 5 * random.uniform(),
      squareness: random.uniform(),
      rim: 1.2 + 1.8 * random.uniform(),
      colour: mix([25, 25, 30], [140, 100, 60], random.uniform()),
    },
  };
}

/** The identity as one image of a generator shows it: strayed by `domain.drift`, marks forgotten now and then. */
export function strayed(identity: Identity, domain: Domain, random: Random): Identity {
  if (domain.drift === 0) return identity;
  const kept = (): boolean => random.uniform() > domain.drift;
  return {
    ...identity,
    traits: eachTrait(name => identity.traits[name] + TRAITS[name][1] * domain.drift * random.normal()),
    strands: identity.strands.map(value => value + domain.drift * random.normal()),
    freckles: identity.freckles.filter(kept),
    moles: identity.moles.filter(kept),
  };
}

function eachTrait(value: (name: Trait) => number): Traits {
  return Object.fromEntries(TRAIT_NAMES.map(name => [name, value(name)])) as Record<Trait, number>;
}

function bounded(deviation: number): number {
  return Math.min(Math.max(deviation, -FURTHEST), FURTHEST);
}

/** Freckles lie over nose and cheeks. */
function freckle(random: Random): Mark {
  return { x: random.normal() * 24, y: 26 + random.normal() * 9, radius: 0.6 + 0.7 * random.uniform() };
}

/** Anywhere on the face but the middle strip, where eyes, nose and mouth would hide it. */
function mole(random: Random): Mark {
  const side = random.uniform() < 0.5 ? -1 : 1;
  return {
    x: side * (22 + 30 * random.uniform()),
    y: -40 + 125 * random.uniform(),
    radius: 1.2 + 1.3 * random.uniform(),
  };
}

/** Geometric with the given mean, at most 4. */
function moleCount(mean: number, random: Random): number {
  let count = 0;
  while (count < 4 && random.uniform() < mean / (1 + mean)) count++;
  return count;
}

function weighted(weights: readonly number[], random: Random): number {
  let rest = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  return Math.max(
    0,
    weights.findIndex(weight => (rest -= weight) < 0),
  );
}
