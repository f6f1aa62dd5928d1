import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';

/** min(1, limit / (norm + 1e-6)) with the Euclidean norm over all gradients together, as PyTorch's `clip_grad_norm_`. */
export function clipFactor(tf: Tf, gradients: readonly Tensor[], limit: number): Scalar {
  return tf.tidy(() => {
    const norm = tf.sqrt(tf.addN(gradients.map(gradient => sumOfSquares(tf, gradient))));
    return tf.minimum(1, tf.div(limit, tf.add(norm, 1e-6)));
  });
}

// A product of the values with themselves: tf.sum of millions of values is slow on wasm.
function sumOfSquares(tf: Tf, x: Tensor): Tensor {
  return tf.reshape(tf.matMul(tf.reshape(x, [1, x.size]), tf.reshape(x, [x.size, 1])), []);
}
