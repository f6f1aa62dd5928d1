import type { Rank, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { as4D, convolutionOf, padding, type Convolution, type ConvolutionAttributes } from './convolution';
import type { WasmKernel } from './kernel';
import { transposedPatches } from './transposed-patches';

/** Memory for patches at a time; measured: smaller parts are slower, larger ones no faster. */
const PATCH_BYTES = 16e6;

/** dW [kh, kw, in, out] = the sum over outputs of patch of x (transposed) times dy. Two ways, each the faster where it is used. */
export const conv2dBackpropFilter: WasmKernel = {
  kernelName: 'Conv2DBackpropFilter',
  make:
    tf =>
    ({ inputs, attrs }) => {
      const x = as4D(inputs['x']);
      const dy = as4D(inputs['dy']);
      const attributes = attrs as unknown as ConvolutionAttributes & { filterShape: number[] };
      const convolution = convolutionOf(tf, x.shape, attributes.filterShape, attributes);
      const way = suitsConvolution(convolution) ? byConvolution : byProducts;
      return tf.tidy(() => way(tf, x, dy, convolution));
    },
};

function suitsConvolution({ rows, columns, inChannels }: Convolution): boolean {
  return rows.stride * columns.stride === 1 && rows.taps * columns.taps > 1 && inChannels > 3 && inChannels <= 64;
}

/** A convolution with batch and channels exchanged: x as [in, H, W, N], dy as the filter [H', W', N, out]. */
function byConvolution(tf: Tf, x: Tensor4D, dy: Tensor4D, { rows, columns }: Convolution): Tensor4D {
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  const pad = padding([rows.before, rows.after], [columns.before, columns.after]);
  return tf.transpose(tf.conv2d(images, filter, 1, pad), [1, 2, 0, 3]);
}

/** Matrix products: patches [taps * in, N * H' * W'], some taps at a time, times dy [N * H' * W', out]. */
function byProducts(tf: Tf, x: Tensor4D, dy: Tensor4D, convolution: Convolution): Tensor4D {
  const { rows, columns, inChannels, outChannels, batch } = convolution;
  const outputs = batch * rows.output * columns.output;
  const taps = rows.taps * columns.taps;
  const channelsFirst = tf.transpose(tf.reshape<Rank.R2>(x, [-1, inChannels]));
  const dy2d: Tensor2D = tf.reshape(dy, [outputs, outChannels]);
  const tapsAtATime = Math.max(1, Math.floor(PATCH_BYTES / (4 * inChannels * outputs)));
  const parts: Tensor2D[] = [];
  for (let from = 0; from < taps; from += tapsAtATime) {
    const to = Math.min(taps, from + tapsAtATime);
    parts.push(
      tf.tidy(() => {
        // A 1x1 convolution of every pixel has the image as its patches.
        const pointwise = taps === 1 && outputs * inChannels === x.size && rows.before + columns.before === 0;
        const patches = pointwise ? channelsFirst : transposedPatches(tf, channelsFirst, convolution, from, to);
        return tf.matMul(patches, dy2d);
      }),
    );
  }
  return tf.reshape(tf.concat(parts), [rows.taps, columns.taps, inChannels, outChannels]);
}
