/** Where a training is, between two steps. Everything random in a step follows from it and the seed. */
export interface TrainingPosition {
  /** Steps that were taken. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  /** Batches of that epoch that were learnt from. */
  readonly batch: number;
}

export const START: TrainingPosition = { step: 0, epoch: 0, batch: 0 };
