import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';

/** The gradients of some kernels; `tf` is passed because loading tfjs takes long and engines load it when they start. */
export type Gradients = (tf: Tf) => readonly GradConfig[];

/** The gradient of a kernel with one input named `x`: what to keep of the forward pass, and dx from dy. */
export function ofX(
  kernelName: string,
  keep: 'x' | 'y' | 'nothing',
  dx: (dy: Tensor, kept: Tensor, attributes: NamedAttrMap) => Tensor,
): GradConfig {
  return {
    kernelName,
    inputsToSave: keep === 'x' ? ['x'] : [],
    outputsToSave: keep === 'y' ? [true] : [],
    gradFunc: (dy, [kept], attributes) => ({ x: () => dx(dy as Tensor, kept!, attributes) }),
  };
}

/** The gradient of a kernel with inputs `a` and `b` that broadcast; da and db in the shape of the output. */
export function ofAAndB(
  tf: Tf,
  kernelName: string,
  da: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  db: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => sumToShape(tf, da(dy as Tensor, a!, b!), a!.shape),
      b: () => sumToShape(tf, db(dy as Tensor, a!, b!), b!.shape),
    }),
  };
}

/** Undoes broadcasting: sums over the axes along which a tensor of `shape` was repeated. */
export function sumToShape(tf: Tf, gradient: Tensor, shape: readonly number[]): Tensor {
  const missing = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), [...shape]);
}

/** The shape of x after a reduction over `axis` with the reduced axes kept as 1. */
export function keptShape(tf: Tf, x: Tensor, axis: unknown): number[] {
  const axes = tf.util.parseAxisParam(axis as number[], x.shape);
  return x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
}
