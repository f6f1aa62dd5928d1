import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { batchMatMul } from './batch-mat-mul';
import { conv2dBackpropFilter } from './conv2d-backprop-filter';
import { conv2dBackpropInput } from './conv2d-backprop-input';
import { depthwiseBackpropFilter } from './depthwise-backprop-filter';
import { depthwiseBackpropInput } from './depthwise-backprop-input';
import type { WasmKernel } from './kernel';
import { mean, sum } from './leading-sum';
import { maxPoolGrad } from './max-pool-grad';
import { unsortedSegmentSum } from './unsorted-segment-sum';

const KERNELS: readonly WasmKernel[] = [
  batchMatMul,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  maxPoolGrad,
  mean,
  sum,
  unsortedSegmentSum,
];

const ours = new WeakSet<KernelFunc>();

/** Registers our kernels for the backend `wasm`, once. Those that replace one of the package keep it as their fallback. */
export function registerWasmKernels(tf: Tf): void {
  for (const kernel of KERNELS) {
    const original = tf.getKernel(kernel.kernelName, 'wasm') as ReturnType<Tf['getKernel']> | undefined;
    if (original && ours.has(original.kernelFunc)) continue;
    const kernelFunc = kernel.make(tf, original?.kernelFunc);
    ours.add(kernelFunc);
    if (original) tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel({ kernelName: kernel.kernelName, backendName: 'wasm', kernelFunc });
  }
}
