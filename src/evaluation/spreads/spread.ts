import type { SpreadColumn } from '../../data/evaluation';

/** One number of all groups together, from a metric's number for each of them. Its name is that of the list. */
export interface Spread extends Omit<SpreadColumn, 'spread'> {
  /** What it is; one line. */
  readonly summary: string;
  /** How many groups it needs. */
  readonly least: 1 | 2;
  /** Takes at least `least` groups; their order must not matter. */
  readonly measure: (groups: readonly GroupValue[]) => Spreading;
}

export interface GroupValue {
  readonly group: string;
  /** In the unit of the metric. */
  readonly value: number;
  /** How far the value is from the best that the metric can have; at least 0. */
  readonly error: number;
}

/** A number, or the reason why these groups do not determine it. */
export type Spreading = { readonly value: number } | { readonly value: null; readonly reason: string };
