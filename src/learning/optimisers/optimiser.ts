import type { Tensor } from '@tensorflow/tfjs-core';
import type { WithOptions } from '../../family';
import type { MapOption } from '../../kit/option-types';
import type { Tf } from '../engines/engine';
import type { LearningRate } from './learning-rate';

/** What every optimiser lets the user choose; see `rateOption` and `clipOption`. */
export interface OptimiserOptions {
  /** Before the schedule. */
  readonly learningRate: LearningRate;
  /** Largest Euclidean norm of the gradients of all parameters that are clipped; longer ones are shortened to it. */
  readonly clip: number;
}

/** How gradients change parameters. Its module loads nothing heavy: tfjs is an argument. */
export interface Optimiser<O extends OptimiserOptions = OptimiserOptions> extends WithOptions {
  readonly options: MapOption<O>;
  /** Names of what it remembers of every parameter: tensors of the parameter's shape, zeros before the first step. Checkpoints keep them. */
  readonly slots: readonly string[];
  /**
   * Changes the tensors in `parameters` and `slots` in place, or replaces them in the maps. The gradients stay the caller's. Takes the rate
   * of `at`, never that of the options. Equal arguments give equal bytes on one engine.
   */
  step(tf: Tf, state: OptimiserState, updates: readonly Update[], at: StepAt, options: O): void;
  /** Settings that no publication has or that have no effect, a phrase each. `learningRate` is that of a step. */
  odd?(options: RateOfStep<O>): string[];
}

/** Options whose learning rate is that of a step, however it was stated. */
export type RateOfStep<O extends OptimiserOptions> = O extends unknown
  ? Omit<O, 'learningRate'> & { readonly learningRate: number }
  : never;

export interface OptimiserState {
  readonly parameters: Map<string, Tensor>;
  /** By slot, then by parameter; a parameter that was never changed has none. */
  readonly slots: Slots;
}

export type Slots = Readonly<Record<string, Map<string, Tensor>>>;

/** A parameter's change in a step. */
export interface Update {
  readonly name: string;
  readonly gradient: Tensor;
  /** The gradient is multiplied by this before anything else; 1 by default. */
  readonly factor?: number;
  /** Whether weight decay applies to it; true by default. */
  readonly decay?: boolean;
}

export interface StepAt {
  readonly learningRate: number;
  /** From 1. */
  readonly step: number;
}
