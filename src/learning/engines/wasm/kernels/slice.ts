import type { Tensor } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './kernel';

/** The kernel of the package after the check that it lacks: it reads beyond the end of the tensor. */
export const slice: WasmKernel = {
  kernelName: 'Slice',
  make: (tf, original) => params => {
    const x = params.inputs['x'] as Tensor;
    const { begin, size } = params.attrs as { begin: number[]; size: number[] };
    const [from, extent] = tf.slice_util.parseSliceParams(x, begin, size);
    tf.slice_util.assertParamsValid(x, from!, extent!);
    return original!(params);
  },
};
