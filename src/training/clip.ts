import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';
import { channelSums } from '../networks';

/** min(1, limit / (norm + 1e-6)) with the Euclidean norm over all gradients together, as PyTorch's `clip_grad_norm_`. */
export function clipFactor(tf: Tf, gradients: readonly Tensor[], limit: number): Scalar {
  return tf.tidy(() => {
    const norm = tf.sqrt(tf.addN(gradients.map(gradient => sumOfSquares(tf, gradient))));
    return tf.minimum(1, tf.div(limit, tf.add(norm, 1e-6)));
  });
}

/** The rows of a matrix are taken for an image, see `channelSums`. */
function sumOfSquares(tf: Tf, x: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  return tf.sum(channelSums(tf, tf.reshape(tf.square(x), [1, -1, 1, width])));
}
