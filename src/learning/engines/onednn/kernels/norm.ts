import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type NativeKernel } from '../kernel';

interface NormAddon extends Addon {
  softmax(x: Float32Array, y: Float32Array, rows: number, columns: number): void;
  batchNorm(
    x: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    offset: Float32Array | null,
    scale: Float32Array | null,
    epsilon: number,
    y: Float32Array,
  ): void;
}

export const softmax: NativeKernel = {
  kernelName: 'Softmax',
  needs: ['softmax'],
  make: (_tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const logits = inputs['logits']!;
    const columns = logits.shape.at(-1) ?? 1;
    const dim = attrs?.['dim'] as number;
    if (!areNative(logits) || (dim !== -1 && dim !== logits.shape.length - 1)) return fallBack(fallback, call);
    const y = backend.output(logits.shape);
    (addon as NormAddon).softmax(backend.floats(logits), backend.floats(y), elementsOf(logits) / columns, columns);
    return y;
  },
};

/** With one statistic for each channel; tfjs's kernel knows other shapes. */
export const batchNorm: NativeKernel = {
  kernelName: 'FusedBatchNorm',
  needs: ['batchNorm'],
  make: (_tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const [x, mean, variance] = [inputs['x']!, inputs['mean']!, inputs['variance']!];
    const [offset, scale] = [inputs['offset'], inputs['scale']] as (TensorInfo | null | undefined)[];
    const statistics = [mean, variance, ...(offset ? [offset] : []), ...(scale ? [scale] : [])];
    const isByChannel = statistics.every(tensor => elementsOf(tensor) === x.shape.at(-1) && tensor.shape.length === 1);
    if (!areNative(x, ...statistics) || !isByChannel) return fallBack(fallback, call);
    const y = backend.output(x.shape);
    (addon as NormAddon).batchNorm(
      backend.floats(x),
      backend.floats(mean),
      backend.floats(variance),
      offset ? backend.floats(offset) : null,
      scale ? backend.floats(scale) : null,
      (attrs?.['varianceEpsilon'] as number | null | undefined) ?? 0.001,
      backend.floats(y),
    );
    return y;
  },
};
