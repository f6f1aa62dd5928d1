import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import { batchMatMul } from './batch-mat-mul';
import { normaliseBatch, normaliseBatchGrad } from './batch-norm';
import { clipByValue } from './clip-by-value';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput } from './conv2d';
import { depthwiseBackpropFilter, depthwiseBackpropInput, depthwiseConv2d } from './depthwise';
import { add, prelu } from './elementwise';
import { identity } from './identity';
import type { WasmKernel } from './kernel';
import { mean, sum } from './leading-sum';
import { maxPoolGrad } from './max-pool-grad';
import { kernelsOnCpu, withRefusals } from './on-cpu';
import { movingAverage, norms, sgd } from './optimiser';
import { slice } from './slice';
import { unsortedSegmentSum } from './unsorted-segment-sum';

const KERNELS: readonly WasmKernel[] = [
  add,
  batchMatMul,
  clipByValue,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2d,
  identity,
  maxPoolGrad,
  mean,
  movingAverage,
  normaliseBatch,
  normaliseBatchGrad,
  norms,
  prelu,
  sgd,
  slice,
  sum,
  unsortedSegmentSum,
];

const prepared = new WeakSet<Tf>();

/**
 * Registers our kernels for the backend `wasm`, once. Those that replace one of the package keep it as their fallback, and what
 * neither can do is left to the cpu backend.
 */
export function registerWasmKernels(tf: Tf): void {
  if (prepared.has(tf)) return;
  prepared.add(tf);
  for (const kernel of KERNELS) {
    const { kernelName } = kernel;
    const original = registered(tf, kernelName);
    const kernelFunc = kernel.make(tf, original?.kernelFunc);
    // The original keeps its set-up, which binds it to the WebAssembly instance each time that the backend starts.
    replace(tf, { ...original, kernelName, backendName: 'wasm', kernelFunc });
  }
  for (const kernel of tf.getKernelsForBackend('wasm')) replace(tf, withRefusals(tf, kernel));
  for (const kernel of kernelsOnCpu(tf)) replace(tf, kernel);
}

function replace(tf: Tf, kernel: KernelConfig): void {
  if (registered(tf, kernel.kernelName)) tf.unregisterKernel(kernel.kernelName, 'wasm');
  tf.registerKernel(kernel);
}

/** The types of tfjs promise a kernel. */
function registered(tf: Tf, kernelName: string): KernelConfig | undefined {
  return tf.getKernel(kernelName, 'wasm');
}
