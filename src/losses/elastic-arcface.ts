import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';
import type { Random } from '../math/random';
import { toUnit } from './unit';

/** Margin in radians, drawn anew for every face in every step; std 0 is ArcFace. */
export interface Margin {
  readonly mean: number;
  readonly std: number;
}

/** Keeps the derivative of arccos finite: |cos| at most 1 - 1e-6, where it is 700. */
const LARGEST_COSINE = 1 - 1e-6;

/** Untrained class centres: [dimensions, classes] from N(0, 0.01) in row-major order, as in ElasticFace. */
export function initialCentres(dimensions: number, classes: number, random: Random): Float32Array {
  return Float32Array.from({ length: dimensions * classes }, () => 0.01 * random.normal());
}

/** One margin per face of a batch. Not limited to a range, as in ElasticFace. */
export function drawMargins(count: number, { mean, std }: Margin, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => mean + std * random.normal());
}

/**
 * ElasticFace-Arc (Boutros et al. 2022, equation 3): the mean cross-entropy of a softmax over `scale` * cosine between features
 * [n, dimensions] and centres [dimensions, classes], with the own class's angle θ widened by the face's margin [n].
 *
 * Differentiates through cos(θ + m), as ElasticFace does (insightface's ArcFace passes the gradient straight through). Written
 * cos θ cos m - sin θ sin m, which needs no arccos and goes on past θ + m = π, as there.
 * @param own one-hot labels [n, classes]
 * @returns the loss, and the cosines [n, classes] without margin
 */
export function elasticArcFace(
  tf: Tf,
  {
    features,
    centres,
    own,
    margins,
    scale,
  }: {
    readonly features: Tensor2D;
    readonly centres: Tensor2D;
    readonly own: Tensor2D;
    readonly margins: Tensor1D;
    readonly scale: number;
  },
): { readonly loss: Scalar; readonly cosines: Tensor2D } {
  const cosines: Tensor2D = tf.matMul(toUnit(tf, features, 1), toUnit(tf, centres, 0));
  const cosine = tf.clipByValue(tf.sum(tf.mul(cosines, own), 1), -LARGEST_COSINE, LARGEST_COSINE);
  const sine = tf.sqrt(tf.sub(1, tf.square(cosine)));
  const widened = tf.sub(tf.mul(cosine, tf.cos(margins)), tf.mul(sine, tf.sin(margins)));
  const withMargin = tf.add(cosines, tf.mul(own, tf.expandDims(tf.sub(widened, cosine), 1)));
  const logProbabilities = tf.logSoftmax(tf.mul(withMargin, scale));
  const loss: Scalar = tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, own), 1)));
  return { loss, cosines };
}
