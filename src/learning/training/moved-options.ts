/** The present form of options of earlier versions of the training stages. */
export const MOVED_OPTIONS: Readonly<Record<string, string>> = {
  learningRate: 'optimiser: { optimiser: sgd, learningRate: 0.1 }',
  momentum: 'optimiser: { optimiser: sgd, momentum: 0.9 }',
  weightDecay: 'optimiser: { optimiser: sgd, weightDecay: 5.0e-4 }',
  milestones: 'schedule: { schedule: steps, milestones: [8, 11] }',
  gamma: 'schedule: { schedule: steps, gamma: 0.1 }',
  identityWeight: 'terms: [{ loss: elastic-arcface, weight: 1 }]',
  scale: 'terms: [{ loss: elastic-arcface, scale: 64 }]',
  margin: 'terms: [{ loss: elastic-arcface, margin: { mean: 0.5, std: 0.05 } }]',
  distillation: 'terms: [{ loss: elastic-arcface }, { loss: embedding-mse, weight: 10000 }]',
  flip: 'augmentations: [{ augmentation: flip }]',
};
