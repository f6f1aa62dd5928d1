import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';

export interface SgdOptions {
  readonly momentum: number;
  /** Applied to every trained parameter, those of batch normalisation and PReLU included, as in the code of arXiv 2408.17399. */
  readonly weightDecay: number;
}

/** A parameter's change in a step. */
export interface Update {
  readonly name: string;
  readonly gradient: Tensor;
  /** The gradient is multiplied by this before the weight decay is added. */
  readonly factor?: Scalar;
}

/**
 * Stochastic gradient descent in PyTorch's convention: v = momentum * v + (factor * gradient + weightDecay * w), then
 * w = w - learningRate * v, with v = 0 at the start.
 */
export function sgd(tf: Tf, { momentum, weightDecay }: SgdOptions) {
  const velocities = new Map<string, Tensor>();
  return {
    /** Replaces parameters in place of the map and disposes what they replace. The gradients stay the caller's. */
    step(parameters: Map<string, Tensor>, updates: readonly Update[], learningRate: number): void {
      for (const { name, gradient, factor } of updates) {
        const old = parameters.get(name)!;
        const before = velocities.get(name);
        const velocity: Tensor = tf.tidy(() => {
          const scaled = factor ? tf.mul(gradient, factor) : gradient;
          const force: Tensor = tf.add(scaled, tf.mul(old, weightDecay));
          return before ? tf.add(tf.mul(before, momentum), force) : force;
        });
        const moved: Tensor = tf.tidy(() => tf.sub(old, tf.mul(velocity, learningRate)));
        velocities.set(name, velocity);
        parameters.set(name, moved);
        tf.dispose([old, ...(before ? [before] : [])]);
      }
    },
    dispose: () => tf.dispose([...velocities.values()]),
  };
}
