import type { Recipe } from '../../../../src/learning/training/recipe';

export const RECIPE: Recipe = {
  epochs: 1,
  batch: 4,
  learningRate: 0.05,
  milestones: [],
  gamma: 0.1,
  momentum: 0.9,
  weightDecay: 5e-4,
  margin: { mean: 0.5, std: 0.05 },
  scale: 64,
  identityWeight: 1,
  distillation: { weight: 10_000, reduction: 'mean' },
  flip: false,
  seed: 1,
};
