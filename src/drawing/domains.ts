export type DomainName = 'real' | 'synthetic';

type Range = readonly [least: number, most: number];

/** How photos of a domain come about. Standard deviations where nothing else is said; a range is uniform. */
export interface Domain {
  /** Factor on the distance of identities from their group's mean. */
  readonly variety: number;
  /** Standard deviation, in units of a trait's spread, by which each image strays from its identity. */
  readonly drift: number;
  /** Degrees. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Pixels per drawing millimetre in a photo of 200 pixels. */
  readonly scale: Range;
  /** Of the face in the photo, as a share of its side. */
  readonly shift: number;
  /** Fall of the light across the photo, as a share; its colour and exposure as relative deviations. */
  readonly light: Range;
  readonly colourCast: number;
  readonly exposure: number;
  /** Strength of expressions; chance of closed eyes. */
  readonly expression: number;
  readonly blink: number;
  /** Standard deviation of the blur in pixels of a photo of 200. */
  readonly blur: Range;
  /** Standard deviation of the sensor noise in grey levels at mid grey. */
  readonly noise: Range;
  readonly quality: Range;
  /** Chance that something lies before the face; shapes in the background at most. */
  readonly occlusion: number;
  readonly clutter: number;
  /** Factor on the contrast of freckles, moles, folds and stubble. */
  readonly skinDetail: number;
  /** Amplitude in grey levels of the pattern that upsampling leaves. */
  readonly grid: number;
  /** Factors on red, green and blue that the generator has learnt wrongly. */
  readonly tint: readonly [number, number, number];
}

export const DOMAINS: Readonly<Record<DomainName, Domain>> = {
  /** Photographs as they come. */
  real: {
    variety: 1,
    drift: 0,
    yaw: 11,
    pitch: 6,
    roll: 8,
    scale: [0.55, 0.74],
    shift: 0.05,
    light: [0, 0.7],
    colourCast: 0.05,
    exposure: 0.16,
    expression: 1,
    blink: 0.06,
    blur: [0.3, 1.5],
    noise: [1, 8],
    quality: [60, 95],
    occlusion: 0.2,
    clutter: 5,
    skinDetail: 1,
    grid: 0,
    tint: [1, 1, 1],
  },
  /** What a face generator gives: tidy circumstances, identities near the mean that stray, smooth skin, its own traces. */
  synthetic: {
    variety: 0.75,
    drift: 0.25,
    yaw: 5,
    pitch: 2.5,
    roll: 3,
    scale: [0.62, 0.7],
    shift: 0.02,
    light: [0, 0.25],
    colourCast: 0.015,
    exposure: 0.05,
    expression: 0.5,
    blink: 0,
    blur: [0.8, 1],
    noise: [0.3, 0.6],
    quality: [92, 92],
    occlusion: 0,
    clutter: 1,
    skinDetail: 0.4,
    grid: 1.2,
    tint: [1.04, 1, 0.94],
  },
};
