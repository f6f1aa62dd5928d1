import type { KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon';
import { areNative, fallBack, type NativeKernel } from '../kernel';

export interface UnaryAddon extends Addon {
  unary(operation: number, x: Float32Array, y: Float32Array, a: number, b: number): void;
}

/** In the order of `Operation` in native/unary.cc, with the attributes that the operation is given. */
const UNARY: readonly (readonly [kernelName: string, parameters?: (attrs: NamedAttrMap) => [number, number]])[] = [
  ['Neg'],
  ['Abs'],
  ['Square'],
  ['Sqrt'],
  ['Rsqrt'],
  ['Reciprocal'],
  ['Exp'],
  ['Log'],
  ['Sigmoid'],
  ['Tanh'],
  ['Relu'],
  ['Relu6'],
  ['LeakyRelu', ({ alpha }) => [Number(alpha), 0]],
  ['Step', ({ alpha }) => [Number(alpha), 0]],
  ['ClipByValue', ({ clipValueMin, clipValueMax }) => [Number(clipValueMin), Number(clipValueMax)]],
];

export const UNARY_KERNELS: readonly NativeKernel[] = UNARY.map(([kernelName, parameters], operation) => ({
  kernelName,
  needs: ['unary'],
  make: (_tf, addon, fallback: KernelFunc | undefined) => call => {
    const x = call.inputs['x']!;
    if (!areNative(x)) return fallBack(fallback, call);
    const y = call.backend.output(x.shape);
    const [a, b] = parameters?.(call.attrs ?? {}) ?? [0, 0];
    (addon as UnaryAddon).unary(operation, call.backend.floats(x), call.backend.floats(y), a, b);
    return y;
  },
}));

/** The number by which the addon knows a kernel. */
export function unaryOperation(kernelName: string): number {
  return UNARY.findIndex(([name]) => name === kernelName);
}

interface SumAddon extends Addon {
  addN(list: Float32Array[], y: Float32Array): void;
}

export const addN: NativeKernel = {
  kernelName: 'AddN',
  needs: ['addN'],
  make: (_tf, addon, fallback) => call => {
    const list = Object.values(call.inputs) as TensorInfo[];
    if (!areNative(...list)) return fallBack(fallback, call);
    const y = call.backend.output(list[0]!.shape);
    (addon as SumAddon).addN(
      list.map(x => call.backend.floats(x)),
      call.backend.floats(y),
    );
    return y;
  },
};
