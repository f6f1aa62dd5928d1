import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import { EPSILON, normaliseBatch, presentPeers, type BatchStatistics } from './batch-norm';
import { prelu } from './prelu';
import { gradientShared, normaliseShared } from './shared-batch-norm';

/** Parameters of a batch normalisation and, where one follows it, of a PReLU; each [channels]. */
export interface Normalisation {
  readonly gamma: Tensor;
  readonly beta: Tensor;
  readonly slope?: Tensor;
}

/**
 * `normaliseBatch` and then, with a slope, `prelu`: differentiable in x, gamma, beta and slope. Where the engine has it in one call,
 * nothing but x is kept for the gradient, and the values in between are never written.
 * @param onStatistics gets tensors that the caller must dispose.
 */
export function normaliseAndActivate(
  tf: Tf,
  x: Tensor,
  { gamma, beta, slope }: Normalisation,
  onStatistics: (statistics: BatchStatistics) => void,
): Tensor {
  if (!hasFused(tf, 'normaliseBatch')) {
    const normalised = normaliseBatch(tf, x, gamma, beta, onStatistics);
    return slope ? prelu(tf, normalised, slope) : normalised;
  }
  const peers = presentPeers(tf);
  const op = tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const [x, gamma, beta, slope] = args as [Tensor, Tensor, Tensor, Tensor | undefined];
    const given = { x, gamma, beta, ...(slope && { slope }) };
    const [value, mean, variance, deviation] = peers
      ? normaliseShared(tf, given, peers)
      : runFused(tf, 'normaliseBatch', given, { epsilon: EPSILON });
    onStatistics({ mean: tf.keep(tf.clone(mean!)), variance: tf.keep(variance!) });
    save([x, gamma, beta, mean!, deviation!, ...(slope ? [slope] : [])]);
    return {
      value: value!,
      gradFunc: (dy, saved) => {
        const [x, gamma, beta, mean, deviation, slope] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor?];
        const given = { dy, x, gamma, beta, mean, deviation, ...(slope && { slope }) };
        return peers ? gradientShared(tf, given, peers) : runFused(tf, 'normaliseBatchGrad', given);
      },
    };
  });
  return op(x, gamma, beta, ...(slope ? [slope] : []));
}
