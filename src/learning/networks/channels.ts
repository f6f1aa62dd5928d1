import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';

/**
 * Sums of x [..., channels] over all axes but the last: [channels].
 *
 * Images are pooled first: on wasm that runs at the speed of memory, `tf.sum` over leading axes ten to twenty times slower. It
 * also keeps float32 sums short: the pixels of an image, then the images.
 */
export function channelSums(tf: Tf, x: Tensor): Tensor1D {
  const channels = x.shape.at(-1)!;
  if (x.rank !== 4) return tf.sum(tf.reshape(x, [-1, channels]), 0);
  const [images, height, width] = x.shape as [number, number, number, number];
  const means = tf.avgPool(x as Tensor4D, [height, width], 1, 'valid');
  return tf.mul(tf.sum(tf.reshape(means, [images, channels]), 0), height * width);
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
