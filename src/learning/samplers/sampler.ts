import type { WithOptions } from '../../family';
import type { MapOption } from '../../kit/option-types';
import type { Random } from '../../kit/math/random';

/** Which samples an epoch shows, and in which order. */
export interface Sampler<O = unknown> extends WithOptions {
  readonly options: MapOption<O>;
  /**
   * As many indexes of samples as there are samples, each at most once unless `repeats`. Batches are cut off it one after another. A function
   * of its arguments, so that a resumed epoch continues in the same order.
   * @param random of this epoch, at its start
   */
  order(samples: Sampled, random: Random, options: O): Uint32Array;
  /** Whether an epoch may show a sample more than once, and others not at all. */
  readonly repeats: boolean;
}

export interface Sampled {
  readonly count: number;
  /** Class of each sample. */
  readonly labels: Int32Array;
}
