import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';
import { channelSums, scaleAndShift } from './channels';

export const EPSILON = 1e-5;

/** Mean and variance of a channel over a batch, each [channels]. The variance is the unbiased one, for running statistics. */
export interface BatchStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Batch normalisation with given statistics. x [..., channels], the rest [channels]. */
export function normaliseWith(
  tf: Tf,
  x: Tensor,
  { gamma, beta, mean, variance }: { gamma: Tensor; beta: Tensor; mean: Tensor; variance: Tensor },
): Tensor {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, EPSILON)));
  return scaleAndShift(tf, x, scale, tf.sub(beta, tf.mul(mean, scale)));
}

/**
 * Batch normalisation with the statistics of the batch itself (Ioffe and Szegedy 2015, algorithm 1), differentiable in x, gamma
 * and beta. One step with its own gradient: from its parts, automatic differentiation would keep and pass over three times as much.
 * @param onStatistics gets tensors that the caller must dispose.
 */
export function normaliseBatch(
  tf: Tf,
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  onStatistics: (statistics: BatchStatistics) => void,
): Tensor {
  const count = x.size / x.shape.at(-1)!;
  const op = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const mean = tf.div(channelSums(tf, x), count);
    // The centred values, not the difference of two large sums: float32 would lose the variance of a far mean.
    const centred = scaleAndShift(tf, x, tf.onesLike(mean), tf.neg(mean));
    const variance = tf.div(channelSums(tf, tf.square(centred)), count);
    const deviation = tf.rsqrt(tf.add(variance, EPSILON));
    onStatistics({ mean: tf.keep(mean), variance: tf.keep(tf.mul(variance, count / Math.max(1, count - 1))) });
    save([centred, gamma, deviation]);
    return {
      value: scaleAndShift(tf, centred, tf.mul(gamma, deviation), beta),
      gradFunc: (dy, saved) => gradient(tf, dy, saved as [Tensor, Tensor, Tensor]),
    };
  });
  return op(x, gamma, beta);
}

/** With x̂ = centred * deviation: dx = gamma * deviation * (dy - mean(dy) - x̂ * mean(dy * x̂)). */
function gradient(tf: Tf, dy: Tensor, [centred, gamma, deviation]: [Tensor, Tensor, Tensor]): Tensor[] {
  const count = dy.size / dy.shape.at(-1)!;
  const dBeta = channelSums(tf, dy);
  const dGamma = tf.mul(channelSums(tf, tf.mul(dy, centred)), deviation);
  const slope = tf.mul(gamma, deviation);
  const direct = scaleAndShift(tf, dy, slope, tf.neg(tf.mul(slope, tf.div(dBeta, count))));
  const throughVariance = tf.neg(tf.mul(tf.mul(slope, deviation), tf.div(dGamma, count)));
  const dx = tf.add(direct, scaleAndShift(tf, centred, throughVariance, tf.zerosLike(throughVariance)));
  return [dx, dGamma, dBeta];
}
