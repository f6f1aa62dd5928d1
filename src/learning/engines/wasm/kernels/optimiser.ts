import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { attributesOf, KERNEL_NAMES } from '../../fused-kernel';
import { makeOutput, valuesOf, type WasmKernel } from './kernel';
import { addressOf, nativeOf, ownAddressOf } from './native';

/** See `KERNEL_NAMES`. */
export const sgd: WasmKernel = {
  kernelName: KERNEL_NAMES.sgd,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { factors, learningRate, momentum, weightDecay } = attributesOf('sgd', attrs);
      const tensors = listOf(inputs);
      for (const [i, factor] of factors.entries()) {
        const [weight, gradient, velocity] = [0, 1, 2].map(part => tensors[part * factors.length + i]!);
        const [w, v] = [weight!, velocity!].map(info => ownAddressOf(backend, info)) as [number, number];
        const from = [w, v, addressOf(backend, gradient!), sizeOf(weight!)];
        nativeOf(backend).descend(...from, factor, momentum, weightDecay, learningRate, w, v);
      }
      return [];
    },
};

export const norms: WasmKernel = {
  kernelName: KERNEL_NAMES.norms,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { first } = attributesOf('norms', attrs);
      const squares = listOf(inputs).map(info =>
        nativeOf(backend).sum_of_squares(addressOf(backend, info), sizeOf(info)),
      );
      const total = (parts: readonly number[]): number => Math.sqrt(parts.reduce((sum, part) => sum + part, 0));
      const out = makeOutput(backend, [2]);
      valuesOf(backend, out).set([total(squares.slice(0, first)), total(squares.slice(first))]);
      return [out];
    },
};

export const movingAverage: WasmKernel = {
  kernelName: KERNEL_NAMES.movingAverage,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { share } = attributesOf('movingAverage', attrs);
      const tensors = listOf(inputs);
      const count = tensors.length / 2;
      for (const running of tensors.slice(0, count)) ownAddressOf(backend, running);
      for (let i = 0; i < count; i++) {
        const [running, latest] = [tensors[i]!, tensors[count + i]!].map(info => valuesOf(backend, info));
        for (let j = 0; j < running!.length; j++) running![j] = (1 - share) * running![j]! + share * latest![j]!;
      }
      return [];
    },
};

function listOf(inputs: NamedTensorInfoMap): TensorInfo[] {
  return Object.values(inputs) as TensorInfo[];
}

function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}
