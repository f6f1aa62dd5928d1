import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';

/** A kernel of ours for the backend `tensorflow`, in the place of one of tfjs-node. */
export interface TensorflowKernel {
  readonly kernelName: string;
  readonly make: (tf: Tf, original: KernelFunc) => KernelFunc;
}
