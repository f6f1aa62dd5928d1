import type { HairStyle } from './groups';

/** What sets one style from another; lengths in drawing millimetres. */
export interface HairShape {
  /** Hair stands off the skull by the identity's volume times this. */
  readonly volume: number;
  /** Roughness of the outline. */
  readonly bumps: number;
  /** How far the hairline lies above (negative) or below the identity's own, in its middle. */
  readonly hairline: number;
  /** Share of the forehead, from the hairline down to the brows, that a fringe covers. */
  readonly fringe: number;
  /** The hair is swept from the parting: one side low, the other high. */
  readonly swept: number;
  /** Below the eye line; null when no hair falls behind the face. */
  readonly back: number | null;
  readonly bun: boolean;
}

const SHORT: HairShape = { volume: 1, bumps: 0, hairline: 0, fringe: 0, swept: 0, back: null, bun: false };

export const HAIR_SHAPES: Readonly<Record<HairStyle, HairShape>> = {
  cropped: { ...SHORT, volume: 0.35, bumps: 0.6 },
  'side-part': { ...SHORT, fringe: 0.25, swept: 0.5, bumps: 1 },
  fringe: { ...SHORT, fringe: 0.85, back: 70, bumps: 0.6 },
  bob: { ...SHORT, volume: 1.1, fringe: 0.3, swept: 0.7, back: 95 },
  long: { ...SHORT, swept: 0.25, fringe: 0.1, back: 175 },
  curly: { ...SHORT, volume: 1.9, bumps: 5, back: 60, fringe: 0.2 },
  receding: { ...SHORT, volume: 0.3, hairline: -34, bumps: 0.5 },
  topknot: { ...SHORT, volume: 0.5, hairline: -6, bun: true },
  spiky: { ...SHORT, volume: 1.3, bumps: 8, fringe: 0.2 },
};
