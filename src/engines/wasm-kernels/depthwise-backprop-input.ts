import type { Tensor4D } from '@tensorflow/tfjs-core';
import { backpropByPhase } from './backprop-by-phase';
import { as4D, convolutionOf, type ConvolutionAttributes } from './convolution';
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
      const { rows, columns, inChannels } = convolution;
      return tf.tidy(() =>
        backpropByPhase(tf, convolution, (row, column, pad) => {
          const taps = tf.stridedSlice(
            filter,
            [row.offset, column.offset, 0, 0],
            [rows.taps, columns.taps, inChannels, 1],
            [rows.stride, columns.stride, 1, 1],
          ) as Tensor4D;
          return tf.depthwiseConv2d(dy, tf.reverse(taps, [0, 1]), 1, pad);
        }),
      );
    },
};
