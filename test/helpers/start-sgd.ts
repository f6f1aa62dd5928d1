import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../src/learning/engines/engine';
import type { Update } from '../../src/learning/optimisers/optimiser';
import { composedStep, sgd } from '../../src/learning/optimisers/sgd';

/** SGD with velocities of its own. */
export interface StartedSgd {
  step(parameters: Map<string, Tensor>, updates: readonly Update[], learningRate: number): void;
  dispose(): void;
}

/** @param isComposed whether the form of single operations is meant, where the engine has a fused one too */
export function startSgd(
  tf: Tf,
  settings: { readonly momentum: number; readonly weightDecay: number },
  velocity = new Map<string, Tensor>(),
  isComposed = false,
): StartedSgd {
  // Another rate than that of the step, which alone counts.
  const options = { ...settings, learningRate: 1e9, clip: 5 };
  return {
    step(parameters, updates, learningRate) {
      const [state, at] = [
        { parameters, slots: { velocity } },
        { learningRate, step: 1 },
      ];
      if (isComposed) composedStep(tf, state, updates, at, options);
      else sgd.step(tf, state, updates, at, options);
    },
    dispose() {
      tf.dispose([...velocity.values()]);
      velocity.clear();
    },
  };
}
