import type { ChosenMember } from '../../family';
import type { AUGMENTATIONS } from '../augmentations';
import type { LOSSES } from '../losses';
import type { OPTIMISERS } from '../optimisers';
import type { RateOfStep } from '../optimisers/optimiser';
import type { SAMPLERS } from '../samplers';
import type { SCHEDULES } from '../schedules';

/** A loss by name with its options. */
export type TermChoice = ChosenMember<'loss', typeof LOSSES.members>;
export type OptimiserChoice = ChosenMember<'optimiser', typeof OPTIMISERS.members>;
export type ScheduleChoice = ChosenMember<'schedule', typeof SCHEDULES.members>;
export type SamplerChoice = ChosenMember<'sampler', typeof SAMPLERS.members>;
export type AugmentationChoice = ChosenMember<'augmentation', typeof AUGMENTATIONS.members>;

/** How a backbone is trained: JSON. */
export interface Recipe {
  readonly epochs: number;
  /** Faces per step; a rest at the end of an epoch is skipped in it. */
  readonly batch: number;
  /** Their weighted sum is minimised. */
  readonly terms: readonly TermChoice[];
  readonly optimiser: RateOfStep<OptimiserChoice>;
  readonly schedule: ScheduleChoice;
  readonly sampler: SamplerChoice;
  /** In this order. */
  readonly augmentations: readonly AugmentationChoice[];
  /** Everything random follows from it. */
  readonly seed: number;
}

/** Weight of a batch in the running statistics of batch normalisation, PyTorch's convention and default. */
export const STATISTICS_MOMENTUM = 0.1;
