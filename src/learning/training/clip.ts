import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import { channelSums } from '../networks';

/** min(1, limit / (norm + 1e-6)), as PyTorch's `clip_grad_norm_`. */
export function clipFactor(norm: number, limit: number): number {
  return Math.min(1, limit / (norm + 1e-6));
}

/** [2]: the Euclidean norms of the first `first` tensors taken together, and of the others. Infinity or NaN where one of them is. */
export function normsOf(tf: Tf, tensors: readonly Tensor[], first: number): Tensor1D {
  if (hasFused(tf, 'norms')) return runFused(tf, 'norms', tensors, { first })[0] as Tensor1D;
  return tf.tidy(() => {
    const squares = tensors.map(tensor => sumOfSquares(tf, tensor));
    const groups = [squares.slice(0, first), squares.slice(first)];
    return tf.sqrt(tf.stack(groups.map(group => (group.length > 0 ? tf.addN(group) : tf.scalar(0))))) as Tensor1D;
  });
}

/** The rows of a matrix are taken for an image, see `channelSums`. */
function sumOfSquares(tf: Tf, x: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  return tf.sum(channelSums(tf, tf.reshape(tf.square(x), [1, -1, 1, width])));
}
