import { percent } from '../../kit/text/percent';
import type { Recipe } from './recipe';

/** Means over the last epoch. */
export interface LastEpoch {
  readonly steps: number;
  readonly epochs: number;
  readonly accuracy: number;
  /** Both before their weights. */
  readonly identityLoss: number;
  readonly distillationLoss: number;
}

/** Distillation that is less than this share of the loss does nothing; what a teacher is followed to, at the published weight, is some 30 %. */
const LEAST_DISTILLATION = 0.01;
/** Identities that are known well have little loss: only what no training reaches is told. */
const LEAST_IDENTITY = 1e-4;

/**
 * What a training has not done better than chance, or cannot have learnt for its weight, a phrase each, for a person: clipped gradients keep a
 * training that diverges finite to its end.
 * Identities: the share of faces nearest to their own centre is at most three standard deviations above 1 / classes, as if each were drawn.
 * Teacher: the squared distance of normalised vectors is 2 where they have nothing to do with each other.
 * @param dim values of an embedding
 */
export function learntNothing(
  { identityWeight, distillation, batch }: Pick<Recipe, 'identityWeight' | 'distillation' | 'batch'>,
  { classes, dim }: { readonly classes: number; readonly dim: number },
  { steps, epochs, accuracy, identityLoss, distillationLoss }: LastEpoch,
): string[] {
  const faces = (steps / epochs) * batch;
  const chance = 1 / classes;
  const deviation = Math.sqrt((chance * (1 - chance)) / faces);
  const unrelated = distillation.reduction === 'mean' ? 2 / dim : 2;
  return [
    ...(identityWeight > 0 && accuracy <= chance + 3 * deviation
      ? [
          `the identity loss has taught nothing: in the last epoch ${percent(accuracy)} of the faces are nearest to the centre of their own identity, where ` +
            `chance gives ${percent(chance)} of ${classes}. Too few steps, too high or too low a learning rate, or a distillation weight beside which it counts nothing: ` +
            'look at pictures/loss.svg',
        ]
      : []),
    ...(distillation.weight > 0 && distillationLoss >= unrelated
      ? [
          `the teacher has taught nothing: in the last epoch the distance to its embeddings is ${distillationLoss}, that of unrelated ` +
            `ones ${Number(unrelated.toPrecision(4))}. Look at learning rate and weight, and at pictures/loss.svg`,
        ]
      : []),
    ...unbalanced(identityWeight * identityLoss, distillation.weight * distillationLoss),
  ];
}

/** @param identity, distillation in the last epoch, after their weights; 0 for what is not wanted */
function unbalanced(identity: number, distillation: number): string[] {
  const total = identity + distillation;
  const share = (part: number): string => `${Number(((100 * part) / total).toPrecision(2))} %`;
  if (distillation > 0 && identity > 0 && distillation < LEAST_DISTILLATION * total) {
    return [
      `distillation is ${share(distillation)} of the loss in the last epoch, which teaches next to nothing: arXiv 2408.17399 weighs the mean of ` +
        'squares 10000, or their sum 19.5',
    ];
  }
  if (identity > 0 && identity < LEAST_IDENTITY * total) {
    return [
      `the identity loss is ${share(identity)} of the loss in the last epoch, which teaches nothing: see the weights`,
    ];
  }
  return [];
}
