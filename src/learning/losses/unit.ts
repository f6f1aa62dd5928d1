import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';

/** Below this length a vector is divided by it instead of by its own, as in PyTorch's `normalize`. */
const SHORTEST = 1e-12;

/**
 * Divides the rows (axis 1) or columns (axis 0) of x [n, m] by their Euclidean lengths; differentiable.
 */
export function toUnit(tf: Tf, x: Tensor2D, axis: 0 | 1): Tensor2D {
  const sums = (of: Tensor2D): Tensor2D => tf.sum(of, axis, true);
  const op = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor2D, (tensors: Tensor[]) => void];
    const length = tf.clipByValue(tf.sqrt(sums(tf.square(x))), SHORTEST, Infinity);
    const unit = tf.div(x, length);
    save([unit, length]);
    return {
      value: unit,
      gradFunc: (dy, saved) => {
        const [unit, length] = saved as [Tensor2D, Tensor2D];
        const along = sums(tf.mul(dy, unit));
        return tf.div(tf.sub(dy as Tensor2D, tf.mul(unit, along)), length);
      },
    };
  });
  return op(x) as Tensor2D;
}
