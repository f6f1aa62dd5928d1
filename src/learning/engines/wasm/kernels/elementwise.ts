import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import { allFloat, isEmpty, makeOutput, type WasmKernel } from './kernel';
import { addressOf, nativeOf } from './native';

/** Of equal shapes; others are broadcast by the kernel of the package. */
export const add: WasmKernel = {
  kernelName: 'Add',
  make: (tf, original) => params => {
    const [a, b] = [params.inputs['a']!, params.inputs['b']!];
    if (!tf.util.arraysEqual(a.shape, b.shape) || !allFloat(a, b)) return original!(params);
    const out = makeOutput(params.backend, a.shape);
    const [first, second, to] = [a, b, out].map(info => addressOf(params.backend, info));
    nativeOf(params.backend).add(first!, second!, tf.util.sizeFromShape(a.shape), to!);
    return out;
  },
};

/**
 * Of any shapes that broadcast; fast with a slope per channel. The kernel of the package takes all slopes for such, and keeps those
 * that it saw first under the id of their data, which goes wrong when gradient descent changes them in place.
 */
export const prelu: WasmKernel = {
  kernelName: 'Prelu',
  make: (tf, original) => params => {
    const [x, alpha] = [params.inputs['x']!, params.inputs['alpha']!];
    if (!allFloat(x, alpha) || isEmpty(x, alpha)) return original!(params);
    const channels = x.shape.at(-1) ?? 1;
    const perChannel = alpha.shape.at(-1) === channels && tf.util.sizeFromShape(alpha.shape) === channels;
    if (!perChannel || alpha.shape.length > x.shape.length) return composedPrelu(tf, params.inputs);
    const out = makeOutput(params.backend, x.shape);
    const [from, slope, to] = [x, alpha, out].map(info => addressOf(params.backend, info));
    const rows = tf.util.sizeFromShape(x.shape) / channels;
    nativeOf(params.backend).prelu(from!, slope!, rows, channels, to!);
    return out;
  },
};

function composedPrelu(tf: Tf, inputs: unknown): Tensor {
  const { x, alpha } = inputs as Record<'x' | 'alpha', Tensor>;
  return tf.tidy(() => tf.where(tf.less(x, 0), tf.mul(x, alpha), x));
}
