import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type Call, type NativeKernel } from '../kernel';
import { windowGeometry, type WindowAttrs } from './window';

interface PoolAddon extends Addon {
  pool(isMax: boolean, x: Float32Array, y: Float32Array, geometry: Int32Array): void;
  maxPoolBackprop(x: Float32Array, dy: Float32Array, dx: Float32Array, geometry: Int32Array): void;
  avgPoolBackprop(dy: Float32Array, dx: Float32Array, geometry: Int32Array): void;
}

export const maxPool = pooling('MaxPool', true);
export const avgPool = pooling('AvgPool', false);

function pooling(kernelName: string, isMax: boolean): NativeKernel {
  return {
    kernelName,
    needs: ['pool'],
    make: (tf, addon, fallback: KernelFunc | undefined) => call => {
      const { backend, inputs } = call;
      const x = inputs['x']!;
      const info = infoOf(tf, x, call);
      const isIdentity = info.filterHeight === 1 && info.filterWidth === 1;
      if (!areNative(x) || elementsOf({ shape: info.outShape }) === 0 || isIdentity) return fallBack(fallback, call);
      const y = backend.output(info.outShape);
      (addon as PoolAddon).pool(isMax, backend.floats(x), backend.floats(y), windowGeometry(info));
      return y;
    },
  };
}

export const maxPoolGrad: NativeKernel = {
  kernelName: 'MaxPoolGrad',
  needs: ['maxPoolBackprop'],
  make: (tf, addon, fallback) => call => {
    const { backend, inputs } = call;
    const [dy, x] = [inputs['dy']!, inputs['input']!];
    const info = infoOf(tf, x, call);
    if (!areNative(x, dy) || elementsOf({ shape: info.outShape }) !== elementsOf(dy)) return fallBack(fallback, call);
    const dx = backend.output(x.shape);
    const [from, by, to] = [x, dy, dx].map(tensor => backend.floats(tensor)) as Floats3;
    (addon as PoolAddon).maxPoolBackprop(from, by, to, windowGeometry(info));
    return dx;
  },
};

export const avgPoolGrad: NativeKernel = {
  kernelName: 'AvgPoolGrad',
  needs: ['avgPoolBackprop'],
  make: (tf, addon, fallback) => call => {
    const { backend, inputs } = call;
    const [dy, x] = [inputs['dy']!, inputs['input']!];
    const info = infoOf(tf, x, call);
    if (!areNative(x, dy) || elementsOf({ shape: info.outShape }) !== elementsOf(dy)) return fallBack(fallback, call);
    const dx = backend.output(x.shape);
    (addon as PoolAddon).avgPoolBackprop(backend.floats(dy), backend.floats(dx), windowGeometry(info));
    return dx;
  },
};

type Floats3 = [Float32Array, Float32Array, Float32Array];

function infoOf(tf: Tf, { shape }: TensorInfo, { attrs }: Call): ReturnType<Tf['backend_util']['computePool2DInfo']> {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as WindowAttrs;
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}
