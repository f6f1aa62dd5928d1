import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { channelSums, scaleAndShift } from './channels';

export const EPSILON = 1e-5;

/** Mean and variance of a channel over a batch, each [channels]. The variance is the unbiased one, for running statistics. */
export interface BatchStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Threads that each pass a part of a batch, equal in size, through the same network. */
export interface Peers {
  readonly count: number;
  /**
   * What every peer gave, in an order that is the same for all; valid until the call after next. All call it the same number of
   * times with equally many values, and each waits for the others. Throws when another peer has stopped.
   */
  gather(values: Float32Array): readonly Float32Array[];
}

const peersOf = new WeakMap<Tf, Peers>();

/** Runs `pass` with statistics of batch normalisation, and their gradients, over the batches of all peers together. */
export function withPeers<T>(tf: Tf, peers: Peers, pass: () => T): T {
  peersOf.set(tf, peers);
  try {
    return pass();
  } finally {
    peersOf.delete(tf);
  }
}

/** Undefined where a batch is whole. */
export function presentPeers(tf: Tf): Peers | undefined {
  return peersOf.get(tf);
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
  const peers = presentPeers(tf);
  const count = (x.size / x.shape.at(-1)!) * (peers?.count ?? 1);
  const op = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const mean = tf.div(overAll(tf, channelSums(tf, x), peers), count);
    // The centred values, not the difference of two large sums: float32 would lose the variance of a far mean.
    const centred = scaleAndShift(tf, x, tf.onesLike(mean), tf.neg(mean));
    const variance = tf.div(overAll(tf, channelSums(tf, tf.square(centred)), peers), count);
    const deviation = tf.rsqrt(tf.add(variance, EPSILON));
    onStatistics({ mean: tf.keep(mean), variance: tf.keep(tf.mul(variance, count / Math.max(1, count - 1))) });
    save([centred, gamma, deviation]);
    return {
      value: scaleAndShift(tf, centred, tf.mul(gamma, deviation), beta),
      gradFunc: (dy, saved) => gradient(tf, dy, saved as [Tensor, Tensor, Tensor], peers),
    };
  });
  return op(x, gamma, beta);
}

/**
 * With x̂ = centred * deviation: dx = gamma * deviation * (dy - mean(dy) - x̂ * mean(dy * x̂)). The means are over all peers, the
 * gradients of gamma and beta are this one's share.
 */
function gradient(tf: Tf, dy: Tensor, [centred, gamma, deviation]: [Tensor, Tensor, Tensor], peers?: Peers): Tensor[] {
  const count = (dy.size / dy.shape.at(-1)!) * (peers?.count ?? 1);
  const dBeta = channelSums(tf, dy);
  const dGamma = tf.mul(channelSums(tf, tf.mul(dy, centred)), deviation);
  const meanOf = (sums: Tensor): Tensor => tf.div(overAll(tf, sums, peers), count);
  const slope = tf.mul(gamma, deviation);
  const direct = scaleAndShift(tf, dy, slope, tf.neg(tf.mul(slope, meanOf(dBeta))));
  const throughVariance = tf.neg(tf.mul(tf.mul(slope, deviation), meanOf(dGamma)));
  const dx = tf.add(direct, scaleAndShift(tf, centred, throughVariance, tf.zerosLike(throughVariance)));
  return [dx, dGamma, dBeta];
}

/** Sums [channels] of this part of the batch to those of the whole. */
function overAll(tf: Tf, sums: Tensor, peers?: Peers): Tensor {
  if (!peers) return sums;
  const all = peers.gather(sums.dataSync<'float32'>());
  return tf.tensor1d(Float32Array.from(sums.dataSync(), (_, c) => all.reduce((sum, one) => sum + one[c]!, 0)));
}
