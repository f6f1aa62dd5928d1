import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorflowKernel } from './kernel';

/** tfjs-node makes it of x - |x|, which is no number for infinity, and takes more passes. */
export const prelu: TensorflowKernel = {
  kernelName: 'Prelu',
  make:
    tf =>
    ({ inputs }) => {
      const { x, alpha } = inputs as unknown as { x: Tensor; alpha: Tensor };
      return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))));
    },
};
