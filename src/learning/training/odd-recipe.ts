import { TRAINING_OPTIONS } from './options';
import type { Recipe } from './recipe';

/** Of a step. Goyal et al. 2017 (arXiv 1706.02677): 0.1 for 256 images, up to a batch of 8,192. Beyond, published recipes have other optimisers. */
const MOST_RATE = 3.2;
/** Twenty times that of ArcFace and ElasticFace; He et al. 2016 (arXiv 1512.03385) have 1e-4. */
const MOST_DECAY = 0.01;
/** 0.9 everywhere. A gradient counts 1 / (1 - momentum) times in all. */
const MOST_MOMENTUM = 0.99;
/** Publications have 16 to 64. The softmax of a few classes is flat with less, and of any with more a choice of one. */
const [LEAST_SCALE, MOST_SCALE] = [4, 256];
/** arXiv 2408.17399: 10,000 on the mean over 512 values, which is 19.5 on their sum. */
const MOST_ON_SUM = 1000;

/** What of a recipe no publication has, and what has no effect: a phrase each, for a person. */
export function oddRecipe(recipe: Recipe): string[] {
  const { learningRate, momentum, weightDecay, scale, identityWeight, distillation } = recipe;
  return [
    ...(learningRate > MOST_RATE
      ? [
          `learningRate ${learningRate} a step, beyond any published recipe: at most ${MOST_RATE}, at batch 8,192 (arXiv 1706.02677); ` +
            'ArcFace and ElasticFace have 0.1 for 512 images. Clipped gradients may hide that it diverges',
        ]
      : []),
    ...(momentum > MOST_MOMENTUM
      ? [
          `momentum ${momentum}, beyond any published recipe: 0.9, in some at most ${MOST_MOMENTUM}. Gradients count ` +
            `${Number((1 / (1 - momentum)).toPrecision(3))} times`,
        ]
      : []),
    ...(weightDecay > MOST_DECAY
      ? [
          `weightDecay ${weightDecay}, beyond any published recipe with this optimiser: 1e-4 (arXiv 1512.03385) to 5e-4 (ArcFace, ` +
            'arXiv 1801.07698); those of AdamW are other numbers',
        ]
      : []),
    ...(identityWeight > 0 && (scale < LEAST_SCALE || scale > MOST_SCALE)
      ? [`scale ${scale}, beyond any published recipe: 16 to 64 (ArcFace, arXiv 1801.07698: 64)`]
      : []),
    ...(distillation.reduction === 'sum' && distillation.weight > MOST_ON_SUM
      ? [
          `distillation.weight ${distillation.weight} on the sum of squares, beyond any published recipe: 10000 on the mean, as in ` +
            'arXiv 2408.17399, is 19.5 on the sum of 512 values',
        ]
      : []),
    ...ofMilestones(recipe),
  ];
}

/** Those of the default are nobody's mistake: one epoch needs none, and `gamma: 1` alone says that the rate is to stay. */
function ofMilestones({ milestones, epochs, gamma }: Recipe): string[] {
  if (String(milestones) === String(TRAINING_OPTIONS.milestones.default)) return [];
  const late = milestones.filter(milestone => milestone >= epochs);
  const reached = milestones.filter(milestone => milestone < epochs);
  return [
    ...(late.length > 0
      ? [
          `milestones ${late.join(', ')} that are never reached: the last of ${epochs} epochs is number ${epochs - 1}, because milestones are ` +
            'epochs, not steps, and count from 0',
        ]
      : []),
    ...(gamma === 1 && reached.length > 0
      ? [`gamma 1, which leaves the learning rate as it is at its milestones ${reached.join(', ')}: 0.1 is usual`]
      : []),
  ];
}
