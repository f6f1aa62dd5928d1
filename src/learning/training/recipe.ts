import type { Margin, Reduction } from '../losses';
import type { SgdOptions } from './sgd';
import type { StepSchedule } from './schedule';

/** How a backbone is trained. */
export interface Recipe extends StepSchedule, SgdOptions {
  readonly epochs: number;
  /** Faces per step; what is left over at the end of an epoch is not used in it. */
  readonly batch: number;
  readonly margin: Margin;
  /** Factor on the cosines before the softmax. */
  readonly scale: number;
  /** Weight of the identity loss (ElasticFace-Arc). */
  readonly identityWeight: number;
  /** Weight 0 trains without a teacher. */
  readonly distillation: { readonly weight: number; readonly reduction: Reduction };
  /** Mirrors every face with probability 1/2, anew in every epoch. */
  readonly flip: boolean;
  /** Everything random follows from it. */
  readonly seed: number;
}

/** Largest Euclidean norm of the backbone's gradients, as in the code of arXiv 2408.17399; those of the class centres are not clipped. */
export const GRADIENT_LIMIT = 5;

/** Weight of a batch in the running statistics of batch normalisation, PyTorch's convention and default. */
export const STATISTICS_MOMENTUM = 0.1;
