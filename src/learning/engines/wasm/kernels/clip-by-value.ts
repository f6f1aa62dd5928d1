import type { TensorInfo } from '@tensorflow/tfjs-core';
import { valuesOf, type WasmKernel } from './kernel';

/** The kernel of the package, with NaN kept: XNNPACK makes it the lower bound, which would hide that training has diverged. */
export const clipByValue: WasmKernel = {
  kernelName: 'ClipByValue',
  make: (_, original) => params => {
    const out = original!(params) as TensorInfo;
    if (out.dtype === 'float32') keepNaN(valuesOf(params.backend, params.inputs['x']!), valuesOf(params.backend, out));
    return out;
  },
};

function keepNaN(from: Float32Array, to: Float32Array): void {
  if (!mayHoldNaN(from)) return;
  for (let i = 0; i < from.length; i++) if (Number.isNaN(from[i]!)) to[i] = NaN;
}

/** By the sum, which takes half the time of looking at each. Infinities of both signs make it NaN as well. */
function mayHoldNaN(values: Float32Array): boolean {
  const last = values.length - (values.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < last; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = last; i < values.length; i++) a += values[i]!;
  return Number.isNaN(a + b + c + d);
}
