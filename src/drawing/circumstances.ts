import type { Random } from '../kit/math/random';
import { along, CLOTH, mix, type Rgb } from './colour';
import type { Domain } from './domains';
import type { GroupTraits } from './groups';

const OCCLUDERS = ['scarf', 'hand', 'strand'] as const;
export type Occluder = (typeof OCCLUDERS)[number];

/** Everything about one photo that is not the person: the nuisance. */
export interface Circumstances {
  /** Degrees; yaw > 0 turns the face to the viewer's right, pitch > 0 lifts it, roll > 0 turns it clockwise. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Pixels per drawing millimetre, and the middle between the eyes, for a photo of side 200. */
  readonly scale: number;
  readonly shiftX: number;
  readonly shiftY: number;
  /** Direction the light comes from in radians (0 = viewer's right, -pi/2 = above) and its fall across the photo, 0..1. */
  readonly lightFrom: number;
  readonly light: number;
  /** Gains on red, green and blue. */
  readonly gain: Rgb;
  /** -0.4..1, millimetres, millimetres, 0 = open .. 1 = closed, millimetres. */
  readonly smile: number;
  readonly mouthOpen: number;
  readonly browRaise: number;
  readonly eyesClosed: number;
  readonly gaze: number;
  /** Pixels at side 200; grey levels; JPEG quality. */
  readonly blur: number;
  readonly noise: number;
  readonly quality: number;
  /** Amplitude in grey levels of the pattern of upsampling. */
  readonly grid: number;
  readonly glasses: boolean;
  readonly occluder: Occluder | 'none';
  /** Six uniform numbers that place and shape the occluder. */
  readonly occluderShape: readonly number[];
  readonly cloth: Rgb;
  readonly background: readonly [top: Rgb, bottom: Rgb];
  /** Discs and bars behind the head: place and size as shares of the side. */
  readonly clutter: readonly {
    readonly x: number;
    readonly y: number;
    readonly size: number;
    readonly bar: boolean;
    readonly colour: Rgb;
  }[];
  /** Factor on the contrast of skin marks. */
  readonly skinDetail: number;
}

/** Draws the circumstances of one photo. `habit` is the chance that the person wears glasses. */
export function drawCircumstances(domain: Domain, group: GroupTraits, habit: number, random: Random): Circumstances {
  const { nuisance } = group;
  const within = ([least, most]: readonly [number, number], factor = 1): number =>
    (least + (most - least) * random.uniform()) * factor;
  const bell = (deviation: number): number => deviation * Math.min(Math.max(random.normal(), -2.2), 2.2);
  const exposure = 1 + bell(domain.exposure);
  const cast = bell(domain.colourCast);
  const top = mix(along(CLOTH, random.uniform()), [200, 205, 210], random.uniform());
  const occluded = random.uniform() < domain.occlusion * nuisance.occlusion;
  return {
    yaw: bell(domain.yaw * nuisance.pose),
    pitch: bell(domain.pitch * nuisance.pose),
    roll: bell(domain.roll),
    scale: within(domain.scale),
    shiftX: bell(domain.shift) * 200,
    shiftY: bell(domain.shift) * 100,
    lightFrom: random.uniform() * 2 * Math.PI,
    light: within(domain.light, nuisance.light),
    gain: [
      exposure * (1 + cast) * domain.tint[0],
      exposure * domain.tint[1],
      exposure * (1 - cast + bell(domain.colourCast / 3)) * domain.tint[2],
    ],
    smile: Math.min(Math.max(0.25 + 0.45 * random.normal(), -0.4), 1) * domain.expression,
    mouthOpen: Math.max(0, random.normal() - 0.4) * 8 * domain.expression,
    browRaise: random.normal() * 2 * domain.expression,
    eyesClosed: random.uniform() < domain.blink ? 1 : Math.max(0, 0.18 * random.normal()) * domain.expression,
    gaze: bell(0.5),
    blur: within(domain.blur),
    noise: within(domain.noise, nuisance.noise),
    quality: Math.round(within(domain.quality)),
    grid: domain.grid,
    // A generator that never learnt occlusion does not draw glasses either.
    glasses: random.uniform() < habit && domain.occlusion > 0,
    occluder: occluded ? OCCLUDERS[random.integer(OCCLUDERS.length)]! : 'none',
    occluderShape: Array.from({ length: 6 }, () => random.uniform()),
    cloth: along(CLOTH, random.uniform()),
    background: [top, mix(top, [40, 45, 55], random.uniform() * 0.7)],
    clutter: Array.from({ length: random.integer(domain.clutter + 1) }, () => ({
      x: random.uniform(),
      y: random.uniform(),
      size: 0.08 + 0.3 * random.uniform(),
      bar: random.uniform() < 0.5,
      colour: mix(top, along(CLOTH, random.uniform()), 0.25 + 0.4 * random.uniform()),
    })),
    skinDetail: domain.skinDetail,
  };
}
