import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { runFused } from '../engines/fused-kernel';
import { EPSILON, type Peers } from './batch-norm';
import { scaleAndShift } from './channels';

type Tensors<Name extends string> = Readonly<Record<string, Tensor> & Record<Name, Tensor>>;

/**
 * The kernel `normaliseBatch` with the statistics of all peers. It takes those of its own input; what makes them those of all goes
 * into the gamma and beta of a second call. Gives what it gives.
 */
export function normaliseShared(tf: Tf, given: Tensors<'x' | 'gamma' | 'beta'>, peers: Peers): Tensor[] {
  const { x, gamma, beta } = given;
  const [unused, ...found] = runFused(tf, 'normaliseBatch', given, { epsilon: EPSILON });
  tf.dispose(unused!);
  const [ownMean, ownVariance, ownDeviation] = found.map(valuesOf) as [Float32Array, Float32Array, Float32Array];
  const all = poolStatistics(peers, ownMean, ownVariance, x.size / gamma.size);
  const [factor, offset] = [valuesOf(gamma), valuesOf(beta)];
  const scale = factor.map((value, c) => (value * all.deviation[c]!) / ownDeviation[c]!);
  const shift = offset.map((value, c) => value + factor[c]! * all.deviation[c]! * (ownMean[c]! - all.mean[c]!));
  const moved = { ...given, gamma: tf.tensor1d(scale), beta: tf.tensor1d(shift) };
  const [value, ...rest] = runFused(tf, 'normaliseBatch', moved, { epsilon: EPSILON });
  tf.dispose([moved.gamma, moved.beta, ...found, ...rest]);
  return [value!, tf.tensor1d(all.mean), tf.tensor1d(all.variance), tf.tensor1d(all.deviation)];
}

/** From equally many rows of each peer (Chan, Golub and LeVeque 1979): no difference of large sums. */
function poolStatistics(peers: Peers, ownMean: Float32Array, ownVariance: Float32Array, rows: number) {
  const channels = ownMean.length;
  const all = peers.gather(joined(ownMean, ownVariance));
  const total = rows * peers.count;
  const [mean, variance, deviation] = [ownMean.slice(), ownMean.slice(), ownMean.slice()];
  for (let c = 0; c < channels; c++) {
    const centre = sumOver(all, one => one[c]!) / peers.count;
    const squares = sumOver(all, one => one[channels + c]! * Math.max(1, rows - 1) + rows * (one[c]! - centre) ** 2);
    mean[c] = centre;
    variance[c] = squares / Math.max(1, total - 1);
    deviation[c] = 1 / Math.sqrt(squares / total + EPSILON);
  }
  return { mean, variance, deviation };
}

/**
 * The kernel `normaliseBatchGrad` with the means of all peers in dx; the gradients of the parameters are this one's share. The kernel
 * takes the means of its own rows, and the difference is linear in x.
 */
export function gradientShared(tf: Tf, given: Tensors<'x' | 'gamma' | 'mean' | 'deviation'>, peers: Peers): Tensor[] {
  const { x } = given;
  const [dx, dGamma, dBeta, ...dSlope] = runFused(tf, 'normaliseBatchGrad', given);
  const [gamma, mean, deviation] = [valuesOf(given.gamma), valuesOf(given.mean), valuesOf(given.deviation)];
  const own = joined(valuesOf(dGamma!), valuesOf(dBeta!));
  const all = peers.gather(own);
  const rows = x.size / gamma.length;
  const surplus = own.map((value, i) => (value - sumOver(all, one => one[i]!) / peers.count) / rows);
  const scale = gamma.map((value, c) => value * deviation[c]! ** 2 * surplus[c]!);
  const shift = gamma.map((value, c) => value * deviation[c]! * surplus[gamma.length + c]! - scale[c]! * mean[c]!);
  const mended = tf.tidy(() => tf.add(dx!, scaleAndShift(tf, x, tf.tensor1d(scale), tf.tensor1d(shift))));
  tf.dispose(dx!);
  return [mended, dGamma!, dBeta!, ...dSlope];
}

function valuesOf(tensor: Tensor): Float32Array {
  return tensor.dataSync<'float32'>();
}

function joined(one: Float32Array, other: Float32Array): Float32Array {
  const both = new Float32Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** In the order of the peers, so that all get the same bits. */
function sumOver(all: readonly Float32Array[], f: (one: Float32Array) => number): number {
  return all.reduce((sum, one) => sum + f(one), 0);
}
