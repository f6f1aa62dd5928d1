import type { Tensor4D } from '@tensorflow/tfjs-core';
import { backpropByPhase } from './backprop-by-phase';
import { as4D, convolutionOf, type Axis, type ConvolutionAttributes } from './convolution';
import { onlyPlainDepthwise } from './depthwise-limits';
import type { WasmKernel } from './kernel';

/** dx as depthwise convolutions of dy with the flipped filter [kh, kw, in, 1]. */
export const depthwiseBackpropInput: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  make:
    tf =>
    ({ inputs, attrs }) => {
      const dy = as4D(inputs['dy']);
      const filter = as4D(inputs['filter']);
      const attributes = attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
      const convolution = convolutionOf(tf, attributes.inputShape, filter.shape, attributes, true);
      onlyPlainDepthwise(convolution);
      const { rows, columns } = convolution;
      return tf.tidy(() => {
        const padded = tf.pad<Tensor4D>(filter, [
          [0, missingTaps(rows)],
          [0, missingTaps(columns)],
          [0, 0],
          [0, 0],
        ]);
        const whole = { ...convolution, rows: withTaps(rows), columns: withTaps(columns) };
        return backpropByPhase(tf, whole, (row, column, pad) => {
          const taps = tf.stridedSlice(padded, [row.offset, column.offset, 0, 0], padded.shape, [
            rows.stride,
            columns.stride,
            1,
            1,
          ]) as Tensor4D;
          return tf.depthwiseConv2d(dy, tf.reverse(taps, [0, 1]), 1, pad);
        });
      });
    },
};

/**
 * Zero taps that fill an axis up to a multiple of its stride, so that a 3x3 filter of stride 2 falls into four phases of 2x2:
 * XNNPACK is forty times slower at depthwise filters of 1x2 or 2x1.
 */
function missingTaps({ taps, stride }: Axis): number {
  return taps === 1 ? 0 : Math.ceil(taps / stride) * stride - taps;
}

function withTaps(axis: Axis): Axis {
  return { ...axis, taps: axis.taps + missingTaps(axis) };
}
