import type { Tensor } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './kernel';

/** Shares the values of x, as the other backends do; the kernel of the package copies them, and tfjs clones what a gradient needs. */
export const identity: WasmKernel = {
  kernelName: 'Identity',
  make:
    () =>
    ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs['x'] as Tensor;
      (backend as { incRef(dataId: object): void }).incRef(dataId);
      return { dataId, shape, dtype };
    },
};
