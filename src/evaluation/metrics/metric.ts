import type { Measurement, MetricColumn } from '../../data/evaluation';
import type { WithOptions } from '../../family';
import type { MapOption } from '../../kit/option-types';
import type { Comparisons } from './comparisons';
import type { Roc } from './roc';
import type { VerificationAccuracy } from './verification-accuracy';

/**
 * A metric of verification: the comparisons of a group in, numbers out. Its name is that of the list. Options all have defaults.
 * @typeParam O options beside the name: `{ metric: tar-at-fmr, fmrs: [0.01] }`
 */
export interface Metric<O = unknown> extends Omit<MetricColumn, 'metric'>, WithOptions {
  readonly options: MapOption<O>;
  /** Closed range of the value. */
  readonly range: readonly [number, number];
  /** One number, or one for each place `at` which it is measured; each with a place of its own. Not of the order of the pairs. */
  measure(pairs: GroupPairs, options: O): readonly Measured[];
}

/** A number, or the reason why these comparisons do not determine it. Never NaN, never infinite. */
export type Measured = Omit<Measurement, 'metric' | 'group'>;

/** The comparisons of a group, and shared results for several metrics, each computed once, at its first use. */
export interface GroupPairs extends Comparisons {
  readonly counts: { readonly genuine: number; readonly impostor: number };
  /** Why rates have no value; null when there are pairs of both kinds. */
  readonly missing: string | null;
  /** For pairs of both kinds. */
  roc(): Roc;
  /** Errors with `bad-folds` when a pair's fold is out of range. */
  tenFold(): VerificationAccuracy;
}

/** Of a metric that needs pairs of both kinds: the number, or the reason why there is none. */
export function ofBothKinds({ missing }: GroupPairs, value: () => number): readonly [Measured] {
  return [missing === null ? { value: value() } : { value: null, reason: missing }];
}
