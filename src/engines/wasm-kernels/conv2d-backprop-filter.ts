import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './kernel';

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | [[number, number], [number, number], [number, number], [number, number]];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: [number, number, number, number];
}

/** dW[a, b] = x shifted by (a, b), transposed, times dy: one matrix product per filter tap. */
export const conv2dBackpropFilter: WasmKernel = {
  kernelName: 'Conv2DBackpropFilter',
  make:
    tf =>
    ({ inputs, attrs }) => {
      const x = inputs['x'] as Tensor4D;
      const dy = inputs['dy'] as Tensor4D;
      const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as Attributes;
      const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
      const { padInfo, strideHeight, strideWidth, outHeight, outWidth, batchSize } = info;
      const [height, width, inChannels, filters] = filterShape;
      return tf.tidy(() => {
        const padded = tf.pad(x, [
          [0, 0],
          [padInfo.top, padInfo.bottom],
          [padInfo.left, padInfo.right],
          [0, 0],
        ]);
        const dy2d = tf.reshape(dy, [-1, filters]);
        const taps = [];
        for (let a = 0; a < height; a++) {
          for (let b = 0; b < width; b++) {
            const shifted = tf.stridedSlice(
              padded,
              [0, a, b, 0],
              [batchSize, a + (outHeight - 1) * strideHeight + 1, b + (outWidth - 1) * strideWidth + 1, inChannels],
              [1, strideHeight, strideWidth, 1],
            );
            taps.push(tf.matMul(tf.transpose(tf.reshape(shifted, [-1, inChannels])), dy2d));
          }
        }
        return tf.reshape(tf.stack(taps), filterShape);
      });
    },
};
