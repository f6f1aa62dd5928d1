import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type NativeKernel } from '../kernel';
import { broadcastLoop } from '../loop';

export interface BinaryAddon extends Addon {
  binary(operation: number, a: Float32Array, b: Float32Array, y: Float32Array, loop: Int32Array): void;
  compare(operation: number, a: Float32Array, b: Float32Array, y: Uint8Array, loop: Int32Array): void;
}

/** In the order of `Operation` in native/binary.cc. */
const ARITHMETIC = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Prelu'] as const;
const COMPARISONS = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'] as const;

export const PRELU = ARITHMETIC.indexOf('Prelu');

export const BINARY_KERNELS: readonly NativeKernel[] = [
  ...ARITHMETIC.map((kernelName, operation) => arithmetic(kernelName, operation)),
  ...COMPARISONS.map((kernelName, i) => comparison(kernelName, ARITHMETIC.length + i)),
];

function arithmetic(kernelName: string, operation: number): NativeKernel {
  return {
    kernelName,
    needs: ['binary'],
    make: (tf, addon, fallback: KernelFunc | undefined) => call => {
      const { backend, inputs } = call;
      const [a, b] = kernelName === 'Prelu' ? [inputs['x']!, inputs['alpha']!] : [inputs['a']!, inputs['b']!];
      if (!areNative(a, b)) return fallBack(fallback, call);
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const loop = broadcastLoop(a.shape, b.shape, shape);
      if (!loop) return fallBack(fallback, call);
      const y = backend.output(shape);
      (addon as BinaryAddon).binary(operation, backend.floats(a), backend.floats(b), backend.floats(y), loop);
      return y;
    },
  };
}

function comparison(kernelName: string, operation: number): NativeKernel {
  return {
    kernelName,
    needs: ['compare'],
    make: (tf, addon, fallback: KernelFunc | undefined) => call => {
      const { backend, inputs } = call;
      const [a, b] = [inputs['a']!, inputs['b']!];
      if (!areNative(a, b)) return fallBack(fallback, call);
      const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const loop = broadcastLoop(a.shape, b.shape, shape);
      if (!loop) return fallBack(fallback, call);
      const y = new Uint8Array(elementsOf({ shape }));
      (addon as BinaryAddon).compare(operation, backend.floats(a), backend.floats(b), y, loop);
      return backend.makeTensorInfo(shape, 'bool', y);
    },
  };
}

interface SelectAddon extends Addon {
  select(condition: Uint8Array, then: Float32Array, otherwise: Float32Array, y: Float32Array): void;
}

/** `where` with a condition of its branches' shape. */
export const select: NativeKernel = {
  kernelName: 'Select',
  needs: ['select'],
  make: (_tf, addon, fallback) => call => {
    const { backend, inputs } = call;
    const [condition, t, e] = [inputs['condition']!, inputs['t']!, inputs['e']!];
    const values = backend.bytes(condition);
    if (!areNative(t, e) || !values || values.length !== elementsOf(t) || elementsOf(e) !== elementsOf(t)) {
      return fallBack(fallback, call);
    }
    const y = backend.output(t.shape);
    (addon as SelectAddon).select(values, backend.floats(t), backend.floats(e), backend.floats(y));
    return y;
  },
};
