/**
 * What makes a drawn head the head it is: mean and spread (standard deviation) over the identities of a group without shifts.
 * Lengths in "drawing millimetres" (about those of a head of 136 mm width), angles in degrees, the rest as said.
 * Origin midway between the pupils, y down.
 */
export const TRAITS = {
  /** Half the width at the cheekbones. */
  faceWidth: [68, 4.2],
  /** Half-widths as a share of faceWidth. */
  jawWidth: [0.81, 0.055],
  chinWidth: [0.33, 0.06],
  foreheadWidth: [0.95, 0.03],
  /** Distances from the eye line. */
  chinLength: [110, 6],
  foreheadHeight: [60, 6.5],
  crownHeight: [102, 5],
  /** Pupil to pupil. */
  eyeDistance: [64, 4.2],
  eyeWidth: [31, 2.5],
  /** Lid to lid when open. */
  eyeOpening: [12.5, 1.9],
  /** Outer corner up. */
  eyeTilt: [3, 4],
  /** Strength 0..1 of the fold above the lid. */
  lidFold: [0.5, 0.25],
  irisSize: [6.7, 0.45],
  browHeight: [21, 3.2],
  browLength: [37, 3.8],
  browThickness: [5.6, 1.6],
  browTilt: [3, 5],
  browArch: [3.4, 2],
  /** Share by which the brows are darker than the hair. */
  browTone: [0.3, 0.2],
  noseLength: [42, 4.6],
  noseWidth: [17, 2.6],
  bridgeWidth: [6.5, 1.4],
  noseProtrusion: [24, 4],
  /** From the tip of the nose to the mouth line. */
  lipDistance: [23, 2.8],
  mouthWidth: [50, 5],
  upperLip: [6.2, 1.7],
  lowerLip: [8.6, 2],
  /** Depth of the dip in the upper lip. */
  cupidsBow: [2, 1],
  /** 0 = skin, 1 = red. */
  lipTone: [0.45, 0.18],
  earHeight: [31, 3.6],
  earWidth: [9, 2.6],
  neckWidth: [41, 5],
  hairVolume: [12, 4.5],
  /** Where the hair ends at the sides, below the eye line. */
  sideburn: [14, 10],
  /** Of the parting, as a share of faceWidth, viewer's left negative. */
  parting: [0, 0.4],
  /** How much lower the hairline is in its middle. */
  widowsPeak: [2, 5],
  /** Strengths 0..1. */
  cheekFold: [0.35, 0.22],
  eyeBag: [0.3, 0.22],
  blush: [0.4, 0.22],
  cheekbone: [0.4, 0.22],
} as const satisfies Readonly<Record<string, readonly [mean: number, spread: number]>>;

export type Trait = keyof typeof TRAITS;
export type Traits = Readonly<Record<Trait, number>>;

export const TRAIT_NAMES = Object.keys(TRAITS) as readonly Trait[];
