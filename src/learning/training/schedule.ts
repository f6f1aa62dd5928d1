export interface StepSchedule {
  readonly learningRate: number;
  /** Epochs, counted from 0, at whose start the learning rate is multiplied by `gamma`. */
  readonly milestones: readonly number[];
  readonly gamma: number;
}

/**
 * The learning rate of an epoch, counted from 0: learningRate * gamma ^ (how many milestones are <= epoch). Milestones [8, 14] give
 * eight epochs at the full rate. (The code of arXiv 2408.17399 compares with `milestone - 1`, so its [8, 14, 20, 25] is [7, 13, 19, 24]
 * here.)
 */
export function learningRateAt(epoch: number, { learningRate, milestones, gamma }: StepSchedule): number {
  return learningRate * gamma ** milestones.filter(milestone => milestone <= epoch).length;
}
