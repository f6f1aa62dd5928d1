import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorflowKernel } from './kernel';

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: unknown;
  readonly dataFormat?: string;
  readonly filterShape: [number, number, number, number];
}

/**
 * The filter's gradient of a 1 x 1 convolution with a stride, as one product over the positions that it sees. libtensorflow 2.21 writes
 * past the end of its memory there (oneDNN's kernel, a side that the stride does not divide into, few channels) and the process dies.
 */
export const pointwiseGradient: TensorflowKernel = {
  kernelName: 'Conv2DBackpropFilter',
  make: (tf, original) => args => {
    const { x, dy } = args.inputs as unknown as { x: Tensor4D; dy: Tensor4D };
    const { strides, pad, dataFormat, filterShape } = args.attrs as unknown as Attributes;
    const [rows, columns] = typeof strides === 'number' ? [strides, strides] : strides;
    const [height, width, inputs, outputs] = filterShape;
    // `same` adds nothing to one position.
    const padded = pad !== 0 && pad !== 'valid' && pad !== 'same';
    if (height * width !== 1 || rows * columns === 1 || padded || dataFormat === 'NCHW') return original(args);
    return tf.tidy(() => {
      const seen = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, rows, columns, 1]);
      const flat = (tensor: Tensor, channels: number): Tensor => tf.reshape(tensor, [-1, channels]);
      return tf.reshape(tf.matMul(flat(seen, inputs), flat(dy, outputs), true), filterShape);
    });
  },
};
