import type { WithOptions } from '../../family';
import type { MapOption } from '../../kit/option-types';

/** How the learning rate changes over a training. */
export interface Schedule<O = unknown> extends WithOptions {
  readonly options: MapOption<O>;
  /**
   * The rate of a step: above 0, a function of its arguments. That of the first step is `base`, unless `startsAt` says otherwise.
   * @param base rate of a step as the optimiser has it
   */
  rate(at: ScheduledStep, base: number, options: O): number;
  /** Why the first rate is not `base`, such as a warm-up. */
  readonly startsAt?: string;
  /** Settings that no publication has or that have no effect, a phrase each. */
  odd?(options: O, length: { readonly epochs: number }): string[];
}

/** A step of a training. */
export interface ScheduledStep {
  /** From 1. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  readonly stepsAnEpoch: number;
  readonly epochs: number;
}
