import type { StageContext } from '../../src/stage';

/** A context of a stage's first attempt, with nothing to take rows from; a checkpoint is never due. */
export function noEarlier(folder: string): Pick<StageContext<unknown, unknown>, 'earlier' | 'checkpoints'> {
  return { earlier: [], checkpoints: { folder, isDue: () => false, saved: () => undefined } };
}
