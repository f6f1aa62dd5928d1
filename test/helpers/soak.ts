import { startEngine } from '../../src/learning/engines/start-engine';
import type { EngineName } from '../../src/learning/engines';
import type { OnednnBackend } from '../../src/learning/engines/onednn/backend';
import { createLearner, disposeLearner } from '../../src/learning/training/learner';
import { train } from '../../src/learning/training/loop';
import { TOY_BACKBONE, TOY_CLASSES, TOY_RECIPE, TOY_STEPS, toyBatches } from './toy-training';

/** What is held after a step. */
export interface Held {
  readonly tensors: number;
  readonly dataIds: number;
  /** Bytes of recycled arrays; 0 on engines that recycle none. */
  readonly used: number;
  readonly waiting: number;
}

/** Trains the toy network. */
export async function soak(
  engine: EngineName,
  steps: number,
  onStep: (step: number, held: Held) => void,
): Promise<void> {
  // One thread: these tensors are too small for more, and threads that wait for each other are slow on a busy machine.
  const tf = await startEngine(engine, { threads: 1 });
  const learner = createLearner(tf, TOY_BACKBONE, TOY_CLASSES, TOY_RECIPE);
  const input = { batches: toyBatches, stepsAnEpoch: TOY_STEPS, describe: () => Promise.resolve('') };
  for await (const { step } of train(tf, learner, { ...TOY_RECIPE, epochs: Math.ceil(steps / 2) }, input)) {
    const { used, waiting } = (tf.backend() as Partial<OnednnBackend>).pool?.statistics() ?? { used: 0, waiting: 0 };
    onStep(step, { tensors: tf.memory().numTensors, dataIds: tf.engine().backend.numDataIds(), used, waiting });
    if (step === steps) break;
  }
  disposeLearner(tf, learner);
}
