import type { StageContext } from '../../src/stage';

/** A context of a stage's first attempt, with nothing to take rows from and no input with names; a checkpoint is never due. */
export function noEarlier(folder: string): Pick<StageContext<unknown>, 'earlier' | 'checkpoints' | 'named'> {
  return { named: {}, earlier: [], checkpoints: { folder, isDue: () => false, saved: () => undefined } };
}
