import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type Call, type NativeKernel } from '../kernel';
import { ACTIVATION_NEEDS, activationOf } from './activation';

/** Says false where oneDNN does not know the sizes. */
interface MatMulAddon extends Addon {
  readonly matMul: (
    x: Float32Array,
    w: Float32Array,
    bias: Float32Array | null,
    y: Float32Array,
    sizes: Int32Array,
  ) => boolean;
}

export const batchMatMul = product('BatchMatMul', ['matMul']);
export const fusedMatMul = product('_FusedMatMul', ['matMul', ...ACTIVATION_NEEDS]);

function product(kernelName: string, needs: readonly string[]): NativeKernel {
  return {
    kernelName,
    needs,
    make: (tf, addon, fallback: KernelFunc | undefined) => call => {
      const { backend, inputs, attrs } = call;
      const [a, b] = [inputs['a']!, inputs['b']!];
      const [bias, alpha] = [inputs['bias'], inputs['preluActivationWeights']] as (TensorInfo | null | undefined)[];
      const found = areNative(a, b) ? sizesOf(tf, a.shape, b.shape, call) : undefined;
      const activate = found && activationOf(addon, backend, attrs, alpha, found.shape);
      const isByColumn =
        !bias || (areNative(bias) && bias.shape.length === 1 && elementsOf(bias) === found?.shape.at(-1));
      if (!found || !activate || !isByColumn) return fallBack(fallback, call);
      const y = backend.output(found.shape);
      const biasValues = bias ? backend.floats(bias) : null;
      const { matMul } = addon as MatMulAddon;
      if (!matMul(backend.floats(a), backend.floats(b), biasValues, backend.floats(y), found.sizes)) {
        backend.disposeIntermediateTensorInfo(y);
        return fallBack(fallback, call);
      }
      activate(y);
      return y;
    },
  };
}

/** Undefined for stacks that are neither of the same height nor of height one, and for what is no product. */
function sizesOf(
  tf: Tf,
  a: readonly number[],
  b: readonly number[],
  { attrs }: Call,
): { shape: number[]; sizes: Int32Array } | undefined {
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
  const [m, k] = transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [inner, n] = transposeB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  const outer = tf.backend_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  const [batch, batchA, batchB] = [outer, a.slice(0, -2), b.slice(0, -2)].map(shape => elementsOf({ shape })) as Sizes3;
  if (k !== inner || ![1, batch].includes(batchA) || ![1, batch].includes(batchB)) return undefined;
  return {
    shape: [...outer, m, n],
    sizes: Int32Array.of(batch, batchA, batchB, m, k, n, Number(transposeA), Number(transposeB)),
  };
}

type Sizes3 = [number, number, number];
