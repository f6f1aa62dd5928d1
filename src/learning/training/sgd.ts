import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';

export interface SgdOptions {
  readonly momentum: number;
  /** Applied to every trained parameter, those of batch normalisation and PReLU included, as in the code of arXiv 2408.17399. */
  readonly weightDecay: number;
}

/** A parameter's change in a step. */
export interface Update {
  readonly name: string;
  readonly gradient: Tensor;
  /** The gradient is multiplied by this before the weight decay is added; 1 unless told. */
  readonly factor?: number;
}

/** What a step has used, for who tells it. */
export interface Applied {
  readonly learningRate: number;
}

export interface Optimizer {
  /** Changes the tensors in `parameters` in place, or replaces them in the map. The gradients stay the caller's. */
  step(parameters: Map<string, Tensor>, updates: readonly Update[], learningRate: number): Applied;
  dispose(): void;
}

/**
 * Stochastic gradient descent in PyTorch's convention: v = momentum * v + (factor * gradient + weightDecay * w), then
 * w = w - learningRate * v, with v = 0 at the start.
 * @param velocities of parameters that were changed before; kept up to date, and emptied by `dispose`
 */
export function sgd(tf: Tf, options: SgdOptions, velocities = new Map<string, Tensor>()): Optimizer {
  const step = hasFused(tf, 'sgd') ? fusedStep(tf, options, velocities) : composedStep(tf, options, velocities);
  return {
    step,
    dispose() {
      tf.dispose([...velocities.values()]);
      velocities.clear();
    },
  };
}

/** All parameters in one native call and in place, which halves the traffic to memory. */
function fusedStep(tf: Tf, { momentum, weightDecay }: SgdOptions, velocities: Map<string, Tensor>): Optimizer['step'] {
  return (parameters, updates, learningRate) => {
    const weights = updates.map(({ name }) => parameters.get(name)!);
    const velocityOf = (name: string, i: number): Tensor => {
      const velocity = velocities.get(name) ?? tf.zerosLike(weights[i]!);
      velocities.set(name, velocity);
      return velocity;
    };
    const attributes = { factors: updates.map(({ factor = 1 }) => factor), learningRate, momentum, weightDecay };
    runFused(
      tf,
      'sgd',
      [...weights, ...updates.map(({ gradient }) => gradient), ...updates.map(({ name }, i) => velocityOf(name, i))],
      attributes,
    );
    return { learningRate: attributes.learningRate };
  };
}

/** Exported as what the fused form is compared with. */
export function composedStep(
  tf: Tf,
  { momentum, weightDecay }: SgdOptions,
  velocities: Map<string, Tensor>,
): Optimizer['step'] {
  return (parameters, updates, learningRate) => {
    for (const { name, gradient, factor = 1 } of updates) {
      const old = parameters.get(name)!;
      const before = velocities.get(name);
      const velocity: Tensor = tf.tidy(() => {
        const scaled = factor === 1 ? gradient : tf.mul(gradient, factor);
        const force: Tensor = tf.add(scaled, tf.mul(old, weightDecay));
        return before ? tf.add(tf.mul(before, momentum), force) : force;
      });
      const moved: Tensor = tf.tidy(() => tf.sub(old, tf.mul(velocity, learningRate)));
      velocities.set(name, velocity);
      parameters.set(name, moved);
      tf.dispose([old, ...(before ? [before] : [])]);
    }
    return { learningRate };
  };
}
