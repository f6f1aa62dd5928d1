import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorflowKernel } from './kernel';

/** libtensorflow 2.21 rounds whole numbers to 0. */
export const round: TensorflowKernel = {
  kernelName: 'Round',
  make: (tf, original) => args => {
    const { x } = args.inputs as unknown as { x: Tensor };
    return x.dtype === 'int32' ? tf.clone(x) : original(args);
  },
};
