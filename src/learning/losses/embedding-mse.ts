import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { choice, object, type TypeOf } from '../../kit/options';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import type { Loss } from './loss';
import { toUnit } from './unit';
import { weight } from './weight';

/** Of a `sum`. arXiv 2408.17399: 10,000 on the mean over 512 values, which is 19.5 on their sum. */
const MOST_ON_SUM = 1000;

const options = object('Mean squared distance between the normalised embeddings of student and teacher', {
  weight: weight(10000, 'Factor on this loss, of arXiv 2408.17399 on the mean; 0 trains without the teacher'),
  reduction: choice(
    'Squared differences averaged over batch and dimensions, or summed over dimensions',
    ['mean', 'sum'],
    { default: 'mean' },
  ),
});

type EmbeddingMseOptions = TypeOf<typeof options>;

/**
 * How squared differences become one number. `mean` averages over batch and dimensions, as the code of arXiv 2408.17399, whose
 * weight of 10,000 at 512 dimensions is 19.53 on the squared distance of a face; `sum` sums over dimensions and averages over
 * the batch, so the same training has weight 10,000 / 512 there.
 */
export type Reduction = EmbeddingMseOptions['reduction'];

/** Distance to a teacher's embeddings, see `embeddingMse`. */
export const embeddingMseLoss: Loss<EmbeddingMseOptions> = {
  summary: "Squared distance to a teacher's embeddings of the same faces",
  options,
  needsTeacher: true,
  measures: [],
  // At the published weight a student follows its teacher to some 30 %.
  least: { share: 0.01, hint: 'arXiv 2408.17399 weighs the mean of squares 10000, or their sum 19.5' },
  value: (tf, { embeddings, teacher }, { reduction }) => ({
    loss: embeddingMse(tf, embeddings, teacher!, reduction),
    measures: {},
  }),
  odd: ({ weight, reduction }) =>
    reduction === 'sum' && weight > MOST_ON_SUM
      ? [
          `weight ${weight} on the sum of squares, beyond any published recipe: 10000 on the mean, as in arXiv 2408.17399, is 19.5 on ` +
            'the sum of 512 values',
        ]
      : [],
  /** The squared distance of normalised vectors is 2 where they have nothing to do with each other. */
  unlearnt({ loss, dimensions }, { reduction }) {
    const unrelated = reduction === 'mean' ? 2 / dimensions : 2;
    if (loss < unrelated) return undefined;
    return (
      `the distance to the teacher's embeddings is ${loss}, that of unrelated ones ${Number(unrelated.toPrecision(4))}. Look at learning ` +
      'rate and weight, and at pictures/loss.svg'
    );
  },
};

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

/** The sum over all squares divided by `terms`. Exported as the reference of the fused form. */
export function composedMse(tf: Tf, student: Tensor2D, teacher: Tensor2D, terms: number): Scalar {
  const difference = tf.sub(toUnit(tf, student, 1), toUnit(tf, constant(tf, teacher), 1));
  return tf.div(tf.sum(tf.square(difference)), terms);
}

/** x with a gradient of zero: tfjs has no stop_gradient. */
function constant(tf: Tf, x: Tensor2D): Tensor2D {
  const op = tf.customGrad(() => ({ value: tf.clone(x), gradFunc: () => tf.zeros(x.shape) }));
  return op(x);
}
