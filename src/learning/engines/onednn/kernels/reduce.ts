import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type Call, type NativeKernel } from '../kernel';

interface ReduceAddon extends Addon {
  reduceSum(x: Float32Array, y: Float32Array, outer: number, reduced: number, inner: number, scale: number): void;
  reduceExtreme(isMax: boolean, x: Float32Array, y: Float32Array, outer: number, reduced: number, inner: number): void;
}

type Pass = (x: Float32Array, y: Float32Array, outer: number, reduced: number, inner: number, isLast: boolean) => void;

export const sum = reduction('Sum', ['reduceSum'], addon => (x, y, outer, reduced, inner) => {
  addon.reduceSum(x, y, outer, reduced, inner, 1);
});

export const mean = reduction('Mean', ['reduceSum'], (addon, count) => (x, y, outer, reduced, inner, isLast) => {
  addon.reduceSum(x, y, outer, reduced, inner, isLast ? 1 / count : 1);
});

export const max = reduction('Max', ['reduceExtreme'], addon => (x, y, outer, reduced, inner) => {
  addon.reduceExtreme(true, x, y, outer, reduced, inner);
});

export const min = reduction('Min', ['reduceExtreme'], addon => (x, y, outer, reduced, inner) => {
  addon.reduceExtreme(false, x, y, outer, reduced, inner);
});

function reduction(
  kernelName: string,
  needs: readonly string[],
  make: (addon: ReduceAddon, count: number) => Pass,
): NativeKernel {
  return {
    kernelName,
    needs,
    make: (tf, addon, fallback: KernelFunc | undefined) => call => {
      const x = call.inputs['x']!;
      const { axis, reductionIndices, keepDims } = call.attrs as unknown as Record<string, number[]>;
      const axes = tf.util.parseAxisParam(axis ?? reductionIndices ?? null!, x.shape);
      const reduced = x.shape.map((_, i) => axes.includes(i));
      const [kept, gone] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
      if (!areNative(x) || elementsOf({ shape: gone }) === 1) return fallBack(fallback, call);
      const y = reduce(call, x.shape, reduced, make(addon as ReduceAddon, elementsOf({ shape: gone })));
      return { ...y, shape: keepDims ? tf.backend_util.expandShapeToKeepDim(kept, axes) : kept };
    },
  };
}

/** One pass for each run of neighbouring axes that go, from the last to the first. */
function reduce({ inputs, backend }: Call, shape: readonly number[], reduced: readonly boolean[], pass: Pass) {
  let runs = joinRuns(shape, reduced);
  let from = inputs['x']!;
  for (;;) {
    const last = runs.findLastIndex(({ isReduced }) => isReduced);
    const outer = product(runs.slice(0, last).map(({ size }) => size));
    const inner = product(runs.slice(last + 1).map(({ size }) => size));
    const y = backend.output([outer * inner]);
    const rest = [...runs.slice(0, last), ...runs.slice(last + 1)];
    const isLast = rest.every(({ isReduced }) => !isReduced);
    pass(backend.floats(from), backend.floats(y), outer, runs[last]!.size, inner, isLast);
    if (from !== inputs['x']) backend.disposeIntermediateTensorInfo(from);
    if (isLast) return y;
    runs = rest;
    from = y;
  }
}

interface Run {
  readonly size: number;
  readonly isReduced: boolean;
}

/** Neighbours of a kind are one; those of size 1 are of any kind. */
function joinRuns(shape: readonly number[], reduced: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  for (const [i, size] of shape.entries()) {
    if (size === 1) continue;
    const isReduced = reduced[i]!;
    const before = runs.at(-1);
    if (before?.isReduced === isReduced) runs[runs.length - 1] = { size: before.size * size, isReduced };
    else runs.push({ size, isReduced });
  }
  return runs;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}
