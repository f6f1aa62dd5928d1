import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { conv2dBackpropFilter } from './conv2d-backprop-filter';
import { depthwiseBackpropFilter } from './depthwise-backprop-filter';
import { depthwiseBackpropInput } from './depthwise-backprop-input';
import { unsortedSegmentSum } from './unsorted-segment-sum';
import type { WasmKernel } from './kernel';

const KERNELS: readonly WasmKernel[] = [
  conv2dBackpropFilter,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  unsortedSegmentSum,
];

const ours = new WeakSet<KernelFunc>();

/** Registers our kernels for the backend `wasm`, once. */
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
