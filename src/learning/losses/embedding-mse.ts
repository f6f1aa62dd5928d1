import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import { toUnit } from './unit';

/**
 * How squared differences become one number. `mean` averages over batch and dimensions, as the code of arXiv 2408.17399, whose
 * weight of 10,000 at 512 dimensions is 19.53 on the squared distance of a face; `sum` sums over dimensions and averages over
 * the batch, so the same training has weight 10,000 / 512 there.
 */
export type Reduction = 'mean' | 'sum';

/** Squared distance between the directions of student and teacher embeddings, each [n, dimensions]. The teacher gets no gradient. */
export function embeddingMse(tf: Tf, student: Tensor2D, teacher: Tensor2D, reduction: Reduction): Scalar {
  const terms = reduction === 'mean' ? student.size : student.shape[0];
  const form = hasFused(tf, 'embeddingMse') ? fusedMse : composedMse;
  return form(tf, student, teacher, terms);
}

function fusedMse(tf: Tf, student: Tensor2D, teacher: Tensor2D, terms: number): Scalar {
  const op = tf.customGrad((...args) => {
    const [student, teacher, save] = args as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    const [value, gradient] = runFused(tf, 'embeddingMse', { student, teacher }, { terms });
    save([gradient!]);
    return { value: value!, gradFunc: (dy, [gradient]) => [tf.mul(dy, gradient!), tf.zeros(teacher.shape)] };
  });
  return op(student, teacher) as Scalar;
}

/** The sum over all squares divided by `terms`. Exported as what the fused form is compared with. */
export function composedMse(tf: Tf, student: Tensor2D, teacher: Tensor2D, terms: number): Scalar {
  const difference = tf.sub(toUnit(tf, student, 1), toUnit(tf, constant(tf, teacher), 1));
  return tf.div(tf.sum(tf.square(difference)), terms);
}

/** x with a gradient of zero: tfjs has no stop_gradient. */
function constant(tf: Tf, x: Tensor2D): Tensor2D {
  const op = tf.customGrad(() => ({ value: tf.clone(x), gradFunc: () => tf.zeros(x.shape) }));
  return op(x);
}
