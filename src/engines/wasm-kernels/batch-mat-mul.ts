import type { KernelFunc, Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { makeOutput, valuesOf, type WasmKernel } from './kernel';

/**
 * Matrix products with the transpositions made explicit, because the kernel of the package falls back to plain loops for them.
 * Batches go to the package as they are.
 */
export const batchMatMul: WasmKernel = {
  kernelName: 'BatchMatMul',
  make: (tf, original) => {
    const product = productOf(tf, original!);
    return params => {
      const a = params.inputs['a'] as Tensor;
      const b = params.inputs['b'] as Tensor;
      const { transposeA, transposeB } = params.attrs as { transposeA: boolean; transposeB: boolean };
      const outer = [...a.shape.slice(0, -2), ...b.shape.slice(0, -2)];
      if (outer.some(size => size !== 1) || a.dtype !== 'float32' || b.dtype !== 'float32') return original!(params);
      const shape = outer.slice(0, Math.max(a.shape.length, b.shape.length) - 2);
      return tf.tidy(() => {
        const a2d = matrix(tf, a, transposeA);
        const out = transposeB
          ? timesTransposed(tf, a2d, matrix(tf, b, false), product)
          : product(a2d, matrix(tf, b, false));
        return tf.reshape(out, [...shape, ...out.shape]);
      });
    };
  },
};

type Product = (a: Tensor2D, b: Tensor2D) => Tensor2D;

function matrix(tf: Tf, tensor: Tensor, transposed: boolean): Tensor2D {
  const plain: Tensor2D = tf.reshape(tensor, tensor.shape.slice(-2) as [number, number]);
  return transposed ? tf.transpose(plain) : plain;
}

/** a bᵀ, or (b aᵀ)ᵀ where that moves less: b is a weight matrix in the gradient of a dense layer, and larger than the rest. */
function timesTransposed(tf: Tf, a: Tensor2D, b: Tensor2D, product: Product): Tensor2D {
  if (a.size + a.shape[0] * b.shape[0] >= b.size) return product(a, tf.transpose(b));
  return tf.transpose(product(b, tf.transpose(a)));
}

/**
 * The kernel of the package, made safe: XNNPACK packs b once and keeps the packed form under the id of b's data alone, so that
 * the same data used again in another shape (a reshape) would be multiplied in the old one. Such a b is copied.
 */
function productOf(tf: Tf, original: KernelFunc): Product {
  const packedWidth = new WeakMap<object, number>();
  return (a, b) => {
    const width = packedWidth.get(b.dataId);
    const safe = width === undefined || width === b.shape[1] ? b : copyOf(tf, b);
    packedWidth.set(safe.dataId, b.shape[1]);
    const params = { inputs: { a, b: safe }, backend: tf.backend(), attrs: { transposeA: false, transposeB: false } };
    const out = tf.engine().makeTensorFromTensorInfo([original(params)].flat()[0]!);
    return tf.reshape<Rank.R2>(out, [a.shape[0], b.shape[1]]);
  };
}

function copyOf(tf: Tf, tensor: Tensor2D): Tensor2D {
  const backend = tf.backend();
  const out = makeOutput(backend, tensor.shape);
  valuesOf(backend, out).set(valuesOf(backend, tensor));
  return tf.engine().makeTensorFromTensorInfo(out) as Tensor2D;
}
