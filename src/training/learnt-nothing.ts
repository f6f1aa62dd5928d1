import { percent } from '../util/percent';
import type { Recipe } from './recipe';

/** Means over the last epoch. */
export interface LastEpoch {
  readonly steps: number;
  readonly epochs: number;
  readonly accuracy: number;
  readonly distillationLoss: number;
}

/**
 * What a training has not done better than chance, a phrase each, for a person: clipped gradients keep a training that diverges finite to its end.
 * Identities: the share of faces nearest to their own centre is at most three standard deviations above 1 / classes, as if each were drawn.
 * Teacher: the squared distance of normalised vectors is 2 where they have nothing to do with each other.
 * @param dim values of an embedding
 */
export function learntNothing(
  { identityWeight, distillation, batch }: Pick<Recipe, 'identityWeight' | 'distillation' | 'batch'>,
  { classes, dim }: { readonly classes: number; readonly dim: number },
  { steps, epochs, accuracy, distillationLoss }: LastEpoch,
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
            'look at loss.svg',
        ]
      : []),
    ...(distillation.weight > 0 && distillationLoss >= unrelated
      ? [
          `the teacher has taught nothing: in the last epoch the distance to its embeddings is ${distillationLoss}, that of unrelated ` +
            `ones ${Number(unrelated.toPrecision(4))}. Look at learning rate and weight, and at loss.svg`,
        ]
      : []),
  ];
}
