import type { TensorInfo } from '@tensorflow/tfjs-core';
import { allFloat, isEmpty, makeOutput, type WasmKernel } from './kernel';
import { addressOf, nativeOf, withScratch } from './native';

/** Of native/wasm/kernels.h, for the room that its product needs. */
const [BLOCK_ROWS, BLOCK_DEPTH, BLOCK_COLUMNS] = [64, 256, 512];

/**
 * Products of matrices, transposed or not. The kernel of the package falls back to plain loops for transposed ones, and returns
 * stale results when the same data is used again in another shape. Batches that are broadcast in part are left to it.
 */
export const batchMatMul: WasmKernel = {
  kernelName: 'BatchMatMul',
  make: (tf, original) => params => {
    const [a, b] = [params.inputs['a']!, params.inputs['b']!];
    const { transposeA, transposeB } = params.attrs as { transposeA: boolean; transposeB: boolean };
    if (a.shape.length < 2 || b.shape.length < 2) return original!(params);
    const [left, right] = [matrices(a, transposeA), matrices(b, transposeB)];
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(left.outer, right.outer);
    const batch = tf.util.sizeFromShape(outer);
    const whole = [left, right].every(({ count }) => count === 1 || count === batch);
    if (left.columns !== right.rows || !whole || !allFloat(a, b) || isEmpty(a, b)) return original!(params);
    const out = makeOutput(params.backend, [...outer, left.rows, right.columns]);
    multiply(params.backend, batch, { a, left, b, right, out });
    return out;
  },
};

interface Matrices {
  readonly outer: number[];
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Values from one row to the next, and from one column. */
  readonly steps: readonly [number, number];
}

function matrices({ shape }: TensorInfo, transposed: boolean): Matrices {
  const outer = shape.slice(0, -2);
  const [height, width] = shape.slice(-2) as [number, number];
  const count = outer.reduce((product, size) => product * size, 1);
  if (transposed) return { outer, count, rows: width, columns: height, steps: [1, width] };
  return { outer, count, rows: height, columns: width, steps: [width, 1] };
}

interface Operands {
  readonly a: TensorInfo;
  readonly left: Matrices;
  readonly b: TensorInfo;
  readonly right: Matrices;
  readonly out: TensorInfo;
}

function multiply(backend: unknown, batch: number, { a, left, b, right, out }: Operands): void {
  const { rows, columns: depth } = left;
  const { columns } = right;
  const panels = Math.ceil(Math.min(columns, BLOCK_COLUMNS) / 8) * 8;
  withScratch(backend, (BLOCK_ROWS + panels) * BLOCK_DEPTH, scratch => {
    const [fromA, fromB, to] = [a, b, out].map(info => addressOf(backend, info)) as [number, number, number];
    for (let i = 0; i < batch; i++) {
      const atA = fromA + (left.count === 1 ? 0 : 4 * i * rows * depth);
      const atB = fromB + (right.count === 1 ? 0 : 4 * i * depth * columns);
      const target = to + 4 * i * rows * columns;
      nativeOf(backend).product(atA, ...left.steps, atB, ...right.steps, target, rows, columns, depth, scratch);
    }
  });
}
