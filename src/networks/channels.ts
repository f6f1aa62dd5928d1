import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';

/** Sums of x [..., channels] over all axes but the last: [channels]. */
export function channelSums(tf: Tf, x: Tensor): Tensor1D {
  return tf.sum(
    x,
    x.shape.slice(0, -1).map((_, axis) => axis),
  );
}

/**
 * scale * x + shift, with x [..., channels] and both vectors [channels]. As a 1x1 depthwise convolution with bias it is one
 * pass over memory on wasm, where multiplication and addition with broadcasting take five times as long.
 */
export function scaleAndShift(tf: Tf, x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const channels = x.shape.at(-1)!;
  const image = (x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, channels])) as Tensor4D;
  const moved = tf.fused.depthwiseConv2d({
    x: image,
    filter: tf.reshape(scale, [1, 1, channels, 1]),
    strides: 1,
    pad: 'valid',
    bias: shift,
  });
  return tf.reshape(moved, x.shape);
}
