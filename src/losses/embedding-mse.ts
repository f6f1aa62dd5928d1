import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';
import { toUnit } from './unit';

/**
 * How squared differences become one number. `mean` averages over batch and dimensions, as the code of arXiv 2408.17399, whose
 * weight of 10,000 at 512 dimensions is 19.53 on the squared distance of a face; `sum` sums over dimensions and averages over
 * the batch, so the same training has weight 10,000 / 512 there.
 */
export type Reduction = 'mean' | 'sum';

/** Squared distance between the directions of student and teacher embeddings, each [n, dimensions]. The teacher gets no gradient. */
export function embeddingMse(tf: Tf, student: Tensor2D, teacher: Tensor2D, reduction: Reduction): Scalar {
  const difference = tf.sub(toUnit(tf, student, 1), toUnit(tf, constant(tf, teacher), 1));
  const terms = reduction === 'mean' ? student.size : student.shape[0];
  return tf.div(tf.sum(tf.square(difference)), terms);
}

/** x with a gradient of zero: tfjs has no stop_gradient. */
function constant(tf: Tf, x: Tensor2D): Tensor2D {
  const op = tf.customGrad(() => ({ value: tf.clone(x), gradFunc: () => tf.zeros(x.shape) }));
  return op(x);
}
