import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { channelSums, scaleAndShift } from './channels';

/** The lowest float32. */
const LOWEST = -3.4028234663852886e38;

/**
 * max(0, x) + slope * min(0, x) with one slope per channel (He et al. 2015), differentiable in both; the gradient at 0 is `slope`,
 * as in PyTorch. Clipping and `step` are one fast pass each on wasm, where `minimum` and `where` are ten times slower.
 */
export function prelu(tf: Tf, x: Tensor, slope: Tensor): Tensor {
  const op = tf.customGrad((...args) => {
    const [x, slope, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([x, slope]);
    return {
      value: tf.prelu(x, slope),
      gradFunc: (dy, saved) => {
        const [x, slope] = saved as [Tensor, Tensor];
        // 1 where x > 0, else the slope.
        const factor = scaleAndShift(tf, tf.step(x), tf.sub(1, slope), slope);
        const negative = tf.clipByValue(x, LOWEST, 0);
        return [tf.mul(dy, factor), channelSums(tf, tf.mul(dy, negative))];
      },
    };
  });
  return op(x, slope);
}
