import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';
import { EPSILON, normaliseBatch, type BatchStatistics } from './batch-norm';
import { prelu } from './prelu';

/** Kernels of the engines that have them: batch normalisation in training and PReLU in one, and its gradient. */
const KERNEL = 'FairNormaliseBatch';
const KERNEL_GRAD = 'FairNormaliseBatchGrad';

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
  if (!isFused(tf)) {
    const normalised = normaliseBatch(tf, x, gamma, beta, onStatistics);
    return slope ? prelu(tf, normalised, slope) : normalised;
  }
  const op = tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const [x, gamma, beta, slope] = args as [Tensor, Tensor, Tensor, Tensor | undefined];
    const given = { x, gamma, beta, ...(slope && { slope }) };
    const [value, mean, variance, deviation] = run(tf, KERNEL, given, { epsilon: EPSILON });
    onStatistics({ mean: tf.keep(tf.clone(mean!)), variance: tf.keep(variance!) });
    save([x, gamma, beta, mean!, deviation!, ...(slope ? [slope] : [])]);
    return {
      value: value!,
      gradFunc: (dy, saved) => {
        const [x, gamma, beta, mean, deviation, slope] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor?];
        return run(tf, KERNEL_GRAD, { dy, x, gamma, beta, mean, deviation, ...(slope && { slope }) });
      },
    };
  });
  return op(x, gamma, beta, ...(slope ? [slope] : []));
}

function isFused(tf: Tf): boolean {
  return (tf.getKernel(KERNEL, tf.getBackend()) as object | undefined) !== undefined;
}

function run(tf: Tf, kernel: string, inputs: NamedTensorMap, attributes = {}): Tensor[] {
  return tf.engine().runKernel<Tensor[]>(kernel, inputs, attributes);
}
