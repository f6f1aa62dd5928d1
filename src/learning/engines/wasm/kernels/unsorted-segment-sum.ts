import type { Tensor } from '@tensorflow/tfjs-core';
import { integersOf, makeOutput, valuesOf, type WasmKernel } from './kernel';

/** Adds the rows of x [n, …] that share a segment id; ids outside 0..numSegments-1 are dropped, as in TensorFlow. */
export const unsortedSegmentSum: WasmKernel = {
  kernelName: 'UnsortedSegmentSum',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const x = inputs['x'] as Tensor;
      const ids = inputs['segmentIds'] as Tensor;
      const numSegments = (attrs as { numSegments: number }).numSegments;
      const rest = x.shape.slice(ids.shape.length);
      const width = rest.reduce((product, size) => product * size, 1);
      const out = makeOutput(backend, [numSegments, ...rest]);
      const rows = valuesOf(backend, x);
      const segments = integersOf(backend, ids);
      const sums = valuesOf(backend, out).fill(0);
      for (let i = 0; i < segments.length; i++) {
        const segment = segments[i]!;
        if (segment < 0 || segment >= numSegments) continue;
        for (let j = 0; j < width; j++) sums[segment * width + j]! += rows[i * width + j]!;
      }
      return out;
    },
};
