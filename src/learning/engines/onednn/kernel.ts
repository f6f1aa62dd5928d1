import type { KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import type { Addon } from './addon';
import type { OnednnBackend } from './backend';

/** What a kernel is called with. */
export interface Call {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap | undefined;
  readonly backend: OnednnBackend;
}

/** A kernel of ours. */
export interface NativeKernel {
  readonly kernelName: string;
  /** Functions of the addon without which it is not registered: a file of native/ may not have compiled. */
  readonly needs: readonly string[];
  /**
   * @param addon cast it to an interface with the functions that are needed
   * @param fallback tfjs's own kernel of that name, for what ours does not do; undefined for names that tfjs does not know
   */
  make(tf: Tf, addon: Addon, fallback: KernelFunc | undefined): (call: Call) => TensorInfo | TensorInfo[];
}

/** The places of elements are 32-bit numbers in the calls of the addon. */
const MOST_ELEMENTS = 2 ** 31;

/** All of the tensors are float32 and neither empty nor too large; tfjs's kernels know what to do with the others. */
export function areNative(...tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype, shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return dtype === 'float32' && size > 0 && size < MOST_ELEMENTS;
  });
}

/** Calls tfjs's kernel with what ours was called with. */
export function fallBack(
  fallback: KernelFunc | undefined,
  { inputs, attrs, backend }: Call,
): TensorInfo | TensorInfo[] {
  return fallback!({ inputs, backend, ...(attrs && { attrs }) });
}

export function elementsOf({ shape }: Pick<TensorInfo, 'shape'>): number {
  return shape.reduce((product, length) => product * length, 1);
}
