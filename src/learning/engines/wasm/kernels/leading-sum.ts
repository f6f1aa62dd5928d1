import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import { allFloat, isEmpty, makeOutput, type WasmKernel } from './kernel';
import { addressOf, nativeOf, withScratch } from './native';

/** Sum and Mean over leading axes ([N, H, W, C] -> [C]): the kernels of the package are fifty times slower there. */
export const sum: WasmKernel = {
  kernelName: 'Sum',
  make: (tf, original) => overLeadingAxes(tf, original!, () => 1),
};

export const mean: WasmKernel = {
  kernelName: 'Mean',
  make: (tf, original) => overLeadingAxes(tf, original!, rows => 1 / rows),
};

function overLeadingAxes(tf: Tf, original: KernelFunc, scale: (rows: number) => number): KernelFunc {
  return params => {
    const x = params.inputs['x']!;
    const { axis, keepDims } = params.attrs as { axis: number | number[]; keepDims: boolean };
    const axes = tf.util.parseAxisParam(axis, x.shape).sort((i, j) => i - j);
    const leading = axes.length > 0 && axes.length < x.shape.length && axes.every((value, i) => value === i);
    if (!leading || !allFloat(x) || isEmpty(x)) return original(params);
    const rest = x.shape.slice(axes.length);
    const [rows, channels] = [x.shape.slice(0, axes.length), rest].map(shape => tf.util.sizeFromShape(shape));
    const out = makeOutput(params.backend, keepDims ? [...axes.map(() => 1), ...rest] : rest);
    withScratch(params.backend, 2 * channels!, scratch => {
      const [from, to] = [x, out].map(info => addressOf(params.backend, info));
      nativeOf(params.backend).sum_rows(from!, rows!, channels!, scale(rows!), to!, scratch);
    });
    return out;
  };
}
