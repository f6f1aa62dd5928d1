import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import type { TensorflowKernel } from './kernel';
import { CONVOLUTIONS } from './number-padding';
import { pointwiseGradient } from './pointwise-gradient';
import { prelu } from './prelu';
import { round } from './round';

/** Of two with one name, the second has the first to fall back on. */
const KERNELS: readonly TensorflowKernel[] = [...CONVOLUTIONS, pointwiseGradient, prelu, round];

const prepared = new WeakSet<Tf>();

/** Registers our kernels in the place of tfjs-node's, once. */
export function registerTensorflowKernels(tf: Tf): void {
  if (prepared.has(tf)) return;
  prepared.add(tf);
  for (const { kernelName, make } of KERNELS) {
    const original = tf.getKernel(kernelName, 'tensorflow') as KernelConfig | undefined;
    if (!original) continue;
    tf.unregisterKernel(kernelName, 'tensorflow');
    tf.registerKernel({ ...original, kernelFunc: make(tf, original.kernelFunc) });
  }
}
