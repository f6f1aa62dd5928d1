import type { Recipe } from '../../src/learning/training/recipe';

/** How the benches train, but for the batch: the step that PyTorch's side (torch_student.py) takes. */
export const BENCH_RECIPE: Omit<Recipe, 'batch'> = {
  epochs: 1,
  learningRate: 0.025,
  milestones: [],
  gamma: 0.1,
  momentum: 0.9,
  weightDecay: 5e-4,
  margin: { mean: 0.5, std: 0.05 },
  scale: 64,
  identityWeight: 1,
  distillation: { weight: 10000, reduction: 'mean' },
  flip: false,
  seed: 1,
};
