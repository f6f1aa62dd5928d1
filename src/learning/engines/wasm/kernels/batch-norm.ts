import { attributesOf, KERNEL_NAMES } from '../../fused-kernel';
import type { NamedTensorInfoMap } from '@tensorflow/tfjs-core';
import { makeOutput, type WasmKernel } from './kernel';
import { addressOf, nativeOf, withScratch } from './native';

/** Batch normalisation in training, with the PReLU behind it where there is a slope: see src/learning/networks/fused-batch-norm.ts. */
export const normaliseBatch: WasmKernel = {
  kernelName: KERNEL_NAMES.normaliseBatch,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const x = inputs['x']!;
      const { rows, channels, at } = matrix(backend, inputs);
      const y = makeOutput(backend, x.shape);
      const statistics = [0, 1, 2].map(() => makeOutput(backend, [channels]));
      const { epsilon } = attributesOf('normaliseBatch', attrs);
      withScratch(backend, 6 * channels, scratch => {
        const given = [at('gamma'), at('beta'), at('slope')];
        const results = [y, ...statistics].map(info => addressOf(backend, info));
        nativeOf(backend).normalise_batch(at('x'), rows, channels, ...given, epsilon, ...results, scratch);
      });
      return [y, ...statistics];
    },
};

export const normaliseBatchGrad: WasmKernel = {
  kernelName: KERNEL_NAMES.normaliseBatchGrad,
  make:
    () =>
    ({ inputs, backend }) => {
      const { rows, channels, at } = matrix(backend, inputs);
      const dx = makeOutput(backend, inputs['x']!.shape);
      const gradients = (['gamma', 'beta', 'slope'] as const)
        .filter(name => inputs[name])
        .map(() => makeOutput(backend, [channels]));
      withScratch(backend, 10 * channels, scratch => {
        const given = [at('gamma'), at('beta'), at('slope'), at('mean'), at('deviation')];
        const [gamma, beta, slope = 0] = gradients.map(info => addressOf(backend, info));
        const results = [addressOf(backend, dx), gamma!, beta!, slope];
        nativeOf(backend).normalise_batch_gradient(at('dy'), at('x'), rows, channels, ...given, ...results, scratch);
      });
      return [dx, ...gradients];
    },
};

/** Address 0 stands for an input that is not given. */
function matrix(backend: unknown, inputs: NamedTensorInfoMap) {
  const x = inputs['x']!;
  const channels = x.shape.at(-1)!;
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const at = (name: string): number => {
    const info = inputs[name];
    return info ? addressOf(backend, info) : 0;
  };
  return { rows, channels, at };
}
