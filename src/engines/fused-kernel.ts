import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from './engine';

/**
 * Operations that some engine computes in one native call, registered as tfjs kernels of its backend. They have no gradient of
 * their own: who calls one inside a differentiated function does so in `tf.customGrad`.
 */
export const KERNEL_NAMES = {
  /**
   * features [n, d], centres [d, classes], labels [n] int32, margins [n]; attribute scale. Gives [2]: loss and accuracy, and
   * what the gradient needs: [n, classes], [n], [classes].
   */
  marginSoftmax: 'FairMarginSoftmax',
  /** dy [2], features, centres, and what the above gave for it. Gives the gradients of features and centres. */
  marginSoftmaxGrad: 'FairMarginSoftmaxGrad',
  /** student and teacher [n, d]; attribute terms. Gives the loss, and its gradient by the student. */
  embeddingMse: 'FairEmbeddingMse',
  /**
   * A list: the weights, their gradients, their velocities. Attributes factors (one a weight), learningRate, momentum,
   * weightDecay. Changes weights and velocities in place, and gives nothing.
   */
  sgd: 'FairSgd',
  /** A list of tensors; attribute first. Gives [2]: the Euclidean norms of the first so many together, and of the others. */
  norms: 'FairNorms',
  /** A list: running statistics, then those of the batch; attribute share. Changes the running ones in place, and gives nothing. */
  movingAverage: 'FairMovingAverage',
  /**
   * x [..., channels], gamma, beta and, optionally, slope; attribute epsilon. Gives batch normalisation and, with a slope, PReLU of
   * it, mean, unbiased variance, and 1 / deviation.
   */
  normaliseBatch: 'FairNormaliseBatch',
  /** dy, x, gamma, beta, mean, deviation and, optionally, slope. Gives the gradients of x, gamma, beta and slope. */
  normaliseBatchGrad: 'FairNormaliseBatchGrad',
  /**
   * pixels [n, size, size, 3] and parameters `0`, `1`, … as `parametersOf` lists them; attributes plan (see src/networks/plan.ts),
   * masks. Gives embeddings, and mean and variance of every batch normalisation: all means, then all variances.
   */
  backbone: 'FairBackbone',
  /** dy and the above; attribute wanted (one truth value a parameter) besides. Gives the wanted gradients in this order. */
  backboneGrad: 'FairBackboneGrad',
} as const;

export type FusedOperation = keyof typeof KERNEL_NAMES;

/** Whether the engine in use has the operation; where it does not, it must be composed. */
export function hasFused(tf: Tf, operation: FusedOperation): boolean {
  return Boolean(tf.getKernel(KERNEL_NAMES[operation], tf.getBackend()));
}

/** Throws an Error where the engine in use does not have the operation. */
export function runFused(
  tf: Tf,
  operation: FusedOperation,
  inputs: Readonly<Record<string, Tensor>> | readonly Tensor[],
  attributes: NamedAttrMap = {},
): Tensor[] {
  const kernel = KERNEL_NAMES[operation];
  return [tf.engine().runKernel<Tensor | Tensor[]>(kernel, inputs as NamedTensorMap, attributes)].flat();
}
