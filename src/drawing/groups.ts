import type { Trait } from './traits';

export const GROUP_NAMES = ['A', 'B', 'C', 'D'] as const;
export type GroupName = (typeof GROUP_NAMES)[number];

export const HAIR_STYLES = [
  'cropped',
  'side-part',
  'fringe',
  'bob',
  'long',
  'curly',
  'receding',
  'topknot',
  'spiky',
] as const;
export type HairStyle = (typeof HAIR_STYLES)[number];

/**
 * How the identities and photos of a group are distributed. The groups are letters, not people: they share the palettes of
 * skin, hair and eyes, and differ in geometry, hair style, marks and circumstances only (docs/drawn-faces.md).
 */
export interface GroupTraits {
  /** Shift of a trait's mean, in units of its spread. */
  readonly shift: Readonly<Partial<Record<Trait, number>>>;
  /** Factor on the spread between identities: below 1 they are more alike. */
  readonly spread: number;
  /** Relative weights, in the order of HAIR_STYLES. */
  readonly hairStyles: readonly number[];
  /** Chance that an identity has freckles, mean number of moles, chance of a beard, chance of a glasses habit. */
  readonly marks: {
    readonly freckles: number;
    readonly moles: number;
    readonly beard: number;
    readonly glasses: number;
  };
  /** Factors on the nuisance of the domain. */
  readonly nuisance: {
    readonly pose: number;
    readonly light: number;
    readonly noise: number;
    readonly occlusion: number;
  };
}

export const GROUPS: Readonly<Record<GroupName, GroupTraits>> = {
  A: {
    shift: {},
    spread: 1,
    hairStyles: [3, 3, 2, 2, 2, 1, 1, 1, 1],
    marks: { freckles: 0.2, moles: 0.9, beard: 0.25, glasses: 0.2 },
    nuisance: { pose: 1, light: 1, noise: 1, occlusion: 1 },
  },
  B: {
    shift: { faceWidth: 0.6, jawWidth: 0.6, noseLength: -0.6, noseWidth: 0.5, chinLength: -0.4, eyeOpening: 0.3 },
    spread: 0.85,
    hairStyles: [2, 1, 4, 3, 1, 1, 1, 2, 1],
    marks: { freckles: 0.1, moles: 0.6, beard: 0.15, glasses: 0.3 },
    nuisance: { pose: 1, light: 1.25, noise: 1, occlusion: 1.1 },
  },
  C: {
    shift: {
      chinLength: 0.6,
      faceWidth: -0.4,
      eyeDistance: 0.5,
      browThickness: 0.5,
      mouthWidth: 0.4,
      crownHeight: 0.4,
    },
    spread: 1.1,
    hairStyles: [1, 2, 1, 2, 3, 3, 1, 1, 2],
    marks: { freckles: 0.35, moles: 1.4, beard: 0.3, glasses: 0.15 },
    nuisance: { pose: 1.1, light: 0.9, noise: 1, occlusion: 0.8 },
  },
  D: {
    shift: {
      eyeTilt: -0.7,
      eyeDistance: -0.4,
      noseProtrusion: 0.5,
      upperLip: 0.5,
      hairVolume: 0.6,
      foreheadHeight: -0.5,
    },
    spread: 0.95,
    hairStyles: [2, 2, 1, 1, 2, 4, 2, 1, 2],
    marks: { freckles: 0.15, moles: 0.8, beard: 0.4, glasses: 0.2 },
    nuisance: { pose: 0.9, light: 1.1, noise: 1.3, occlusion: 1 },
  },
};
