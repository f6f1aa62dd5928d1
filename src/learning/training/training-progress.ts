import type { Emit } from '../../stage-task';
import { formatCount } from '../../kit/text/human';
import type { StepReport } from './loop';
import type { TrainingPosition } from './position';
import type { Recipe } from './recipe';

/** Points of a curve: enough for a screen, and few enough for a small file. */
const POINTS = 1000;

/** Reports the progress of a training of `steps` steps. */
export function trainingProgress(
  steps: number,
  { batch, epochs }: Recipe,
  emit: Emit,
): { resume(position: TrainingPosition): void; report(report: StepReport): void } {
  const stride = Math.max(1, Math.floor(steps / POINTS));
  return {
    resume: ({ step }) => emit({ type: 'resumed', at: `step ${formatCount(step)} of ${formatCount(steps)}` }),
    report({ step, epoch, loss, terms, measures, learningRate }) {
      const note = `epoch ${epoch + 1} of ${epochs}, loss ${loss.toPrecision(4)}`;
      emit({ type: 'progress', done: step * batch, total: steps * batch, unit: 'images', note });
      if (step % stride !== 0 && step !== steps) return;
      emit({ type: 'scalars', step, values: { loss, ...terms, ...measures, learningRate } });
    },
  };
}
