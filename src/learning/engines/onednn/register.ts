import '@tensorflow/tfjs-backend-cpu';
import type { KernelBackend, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import type { Addon } from './addon';
import { OnednnBackend } from './backend';
import { KERNELS } from './kernels';

/** Kernels of tfjs whose result shares no memory with their input but by counted reference. */
const SHARE_NOTHING = new Set(['Cast', 'ExpandDims', 'Fill', 'Identity', 'OnesLike', 'Reshape', 'ZerosLike']);

/** Registers backend and kernels, once: tfjs's CPU kernels, then ours in their place. */
export function registerOnednn(tf: Tf, addon: Addon): void {
  if ((tf.findBackend('onednn') as KernelBackend | null) !== null) return;
  const originals = new Map(tf.getKernelsForBackend('cpu').map(kernel => [kernel.kernelName, guarded(kernel)]));
  const ours = KERNELS.filter(({ needs }) => needs.every(name => name in addon));
  const named = new Map<string, KernelFunc>([...originals].map(([name, { kernelFunc }]) => [name, kernelFunc]));
  for (const kernel of ours) {
    const kernelFunc = kernel.make(tf, addon, originals.get(kernel.kernelName)?.kernelFunc) as KernelFunc;
    named.set(kernel.kernelName, kernelFunc);
  }
  for (const [kernelName, kernelFunc] of named) {
    tf.registerKernel({ ...originals.get(kernelName), kernelName, backendName: 'onednn', kernelFunc });
  }
  tf.registerBackend('onednn', () => new OnednnBackend(addon), 1);
}

/** tfjs's slices and splits are windows on their input's array, which must then not be used again. */
function guarded<T extends { kernelName: string; kernelFunc: KernelFunc }>(kernel: T): T {
  if (SHARE_NOTHING.has(kernel.kernelName)) return kernel;
  const kernelFunc: KernelFunc = call => {
    // Optional inputs that are absent are undefined or null.
    for (const input of Object.values<TensorInfo | null | undefined>(call.inputs)) {
      if (input) (call.backend as unknown as OnednnBackend).lend(input.dataId);
    }
    return kernel.kernelFunc(call);
  };
  return { ...kernel, kernelFunc };
}
