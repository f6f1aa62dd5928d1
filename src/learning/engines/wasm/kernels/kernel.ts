import type { KernelFunc, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';

/** A kernel of ours for the wasm backend; `original` is the one of the package that it replaces, where there is one. */
export interface WasmKernel {
  readonly kernelName: string;
  make(tf: Tf, original: KernelFunc | undefined): KernelFunc;
}

/** What we use of tfjs' BackendWasm. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): TypedArray;
}

/** A new tensor with undefined values. */
export function makeOutput(backend: unknown, shape: readonly number[]): TensorInfo {
  return (backend as WasmBackend).makeOutput([...shape], 'float32');
}

/** The float32 values of a tensor in the WebAssembly heap. Valid until the next allocation, which may move the heap. */
export function valuesOf(backend: unknown, info: TensorInfo): Float32Array {
  return (backend as WasmBackend).typedArrayFromHeap(info) as Float32Array;
}

/** The same for an int32 tensor. */
export function integersOf(backend: unknown, info: TensorInfo): Int32Array {
  return (backend as WasmBackend).typedArrayFromHeap(info) as Int32Array;
}

export function allFloat(...infos: readonly TensorInfo[]): boolean {
  return infos.every(({ dtype }) => dtype === 'float32');
}

/** Whether one of them has no values. */
export function isEmpty(...infos: readonly TensorInfo[]): boolean {
  return infos.some(({ shape }) => shape.includes(0));
}
