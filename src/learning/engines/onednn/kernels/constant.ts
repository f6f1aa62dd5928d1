import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type Call, type NativeKernel } from '../kernel';

interface FillAddon extends Addon {
  fill(y: Float32Array, value: number): void;
  fromBytes(x: Uint8Array, y: Float32Array): void;
}

export const fill: NativeKernel = {
  kernelName: 'Fill',
  needs: ['fill'],
  make: (_tf, addon, fallback) => call => {
    const { shape, value, dtype } = call.attrs as unknown as { shape: number[]; value: unknown; dtype?: string };
    const isNative = typeof value === 'number' && (dtype ?? 'float32') === 'float32';
    return isNative && elementsOf({ shape }) > 0 ? filled(addon, call, shape, value) : fallBack(fallback, call);
  },
};

export const zerosLike = like('ZerosLike', 0);
export const onesLike = like('OnesLike', 1);

function like(kernelName: string, value: number): NativeKernel {
  return {
    kernelName,
    needs: ['fill'],
    make: (_tf, addon, fallback: KernelFunc | undefined) => call => {
      const x = call.inputs['x']!;
      return areNative(x) ? filled(addon, call, x.shape, value) : fallBack(fallback, call);
    },
  };
}

function filled(
  addon: Addon,
  { backend }: Call,
  shape: readonly number[],
  value: number,
): ReturnType<typeof backend.output> {
  const y = backend.output(shape);
  (addon as FillAddon).fill(backend.floats(y), value);
  return y;
}

/** tfjs leaves a bool tensor's bytes in place when it becomes float32, which every kernel of ours would have to convert. */
export const cast: NativeKernel = {
  kernelName: 'Cast',
  needs: ['fromBytes'],
  make: (_tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const x = inputs['x']!;
    const values = backend.bytes(x);
    if (!values || x.dtype !== 'bool' || attrs?.['dtype'] !== 'float32') return fallBack(fallback, call);
    const y = backend.output(x.shape);
    (addon as FillAddon).fromBytes(values, backend.floats(y));
    return y;
  },
};
