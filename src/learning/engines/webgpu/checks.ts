import type { Rank, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';

export interface Check {
  /** For the message. */
  readonly op: string;
  readonly compute: (tf: Tf) => readonly Tensor[];
}

/**
 * What a student's forward and backward pass is made of. Sides and channels are such that every variant of tfjs' kernels has its
 * turn: channels in fours and not, tensors beyond one workgroup, windows that reach over the border.
 */
export const CHECKS: readonly Check[] = [
  differentiated('conv2d of an image', [waves(2, 11, 11, 3), waves(3, 3, 3, 8)], (tf, x, w) => convolve(tf, x, w, 2)),
  differentiated('conv2d', [waves(2, 9, 9, 8), waves(3, 3, 8, 16)], (tf, x, w) => convolve(tf, x, w, 1)),
  differentiated('conv2d with stride 2', [waves(2, 9, 9, 8), waves(3, 3, 8, 12)], (tf, x, w) => convolve(tf, x, w, 2)),
  differentiated('conv2d 1x1', [waves(2, 7, 7, 16), waves(1, 1, 16, 24)], (tf, x, w) =>
    tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'valid'),
  ),
  differentiated('depthwiseConv2d', [waves(2, 9, 9, 8), waves(3, 3, 8, 1)], (tf, x, w) => depthwise(tf, x, w, 1)),
  differentiated('depthwiseConv2d with stride 2', [waves(2, 9, 9, 8), waves(3, 3, 8, 1)], (tf, x, w) =>
    depthwise(tf, x, w, 2),
  ),
  differentiated('depthwiseConv2d of a whole image', [waves(2, 7, 7, 16), waves(7, 7, 16, 1)], (tf, x, w) =>
    tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, 1, 'valid'),
  ),
  differentiated('matMul', [waves(6, 70), waves(70, 9)], (tf, a, b) => tf.matMul(a, b)),
  differentiated('matMul of wide matrices', [waves(8, 64), waves(64, 128)], (tf, a, b) => tf.matMul(a, b)),
  differentiated('prelu', [waves(2, 9, 9, 8), waves(8)], (tf, x, slope) => tf.prelu(x, slope)),
  differentiated('softmax cross-entropy', [waves(6, 50)], (tf, logits) =>
    tf.mul(
      tf.logSoftmax(logits),
      tf.cast(tf.oneHot(tf.argMax(tf.tensor2d(waves(6, 50).values, [6, 50]), 1), 50), 'float32'),
    ),
  ),
  // No arccos, sine or cosine, of which WebGPU promises but three digits.
  differentiated('the sine of a cosine', [waves(6, 50)], (tf, x) =>
    tf.sqrt(tf.sub(1, tf.square(tf.clipByValue(x, -0.9, 0.9)))),
  ),
  differentiated('division by the norm', [waves(6, 64)], (tf, x) => tf.div(x, tf.sqrt(tf.sum(tf.square(x), 1, true)))),
  { op: 'batch normalisation', compute: batchNormalisation },
];

interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Values in -1..1 without a pattern that a wrong index would meet again. */
function waves(...shape: number[]): Values {
  return { shape, values: wavesFrom(0, shape) };
}

function wavesFrom(start: number, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin(start + i * (1.7 + 1e-3 * i)));
}

/** The value of an operation and its gradients in all inputs, every output with a weight of its own. */
function differentiated(
  op: string,
  inputs: readonly Values[],
  f: (tf: Tf, ...inputs: [Tensor, Tensor]) => Tensor,
): Check {
  return {
    op,
    compute(tf) {
      const tensors = inputs.map(({ shape, values }) => tf.tensor(values, [...shape]));
      const apply = (...args: Tensor[]): Tensor => f(tf, ...(args as [Tensor, Tensor]));
      const y = apply(...tensors);
      // Not the values of an input: along them the gradient of a division by the norm is zero.
      const dy = tf.tensor(wavesFrom(1, y.shape), y.shape);
      return [y, ...tf.grads(apply)(tensors, dy)];
    },
  };
}

function convolve(tf: Tf, x: Tensor, w: Tensor, stride: number): Tensor {
  return tf.conv2d(x as Tensor4D, w as Tensor4D, stride, 1);
}

function depthwise(tf: Tf, x: Tensor, w: Tensor, stride: number): Tensor {
  return tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, stride, 1);
}

/** The kernels of `normaliseBatch` of the networks, in its order: sums by pooling, shifts by 1x1 depthwise convolution. */
function batchNormalisation(tf: Tf): readonly Tensor[] {
  const [x, dy] = [2, 3].map(start => tf.tensor4d(wavesFrom(start, [4, 6, 6, 12]), [4, 6, 6, 12])) as [
    Tensor4D,
    Tensor4D,
  ];
  const gamma = tf.tensor1d(waves(12).values);
  const mean = channelMeans(tf, x);
  const centred = scaleAndShift(tf, x, tf.onesLike(mean), tf.neg(mean));
  const deviation = tf.rsqrt(tf.add(channelMeans(tf, tf.square(centred)), 1e-5));
  const y = scaleAndShift(tf, centred, tf.mul(gamma, deviation), gamma);
  return [mean, y, channelMeans(tf, tf.mul(dy, centred)), channelMeans(tf, dy)];
}

function channelMeans(tf: Tf, x: Tensor4D): Tensor1D {
  const [images, height, width, channels] = x.shape;
  return tf.mean(tf.reshape(tf.avgPool(x, [height, width], 1, 'valid'), [images, channels]), 0);
}

function scaleAndShift(tf: Tf, x: Tensor4D, scale: Tensor1D, bias: Tensor): Tensor4D {
  const filter = tf.reshape<Rank.R4>(scale, [1, 1, scale.size, 1]);
  return tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 'valid', bias });
}
