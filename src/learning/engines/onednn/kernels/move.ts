import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type NativeKernel } from '../kernel';
import { loopOf, stepsOf, type Dimension } from '../loop';

interface MoveAddon extends Addon {
  copy(x: Float32Array, startX: number, y: Float32Array, startY: number, loop: Int32Array): void;
  fill(y: Float32Array, value: number): void;
}

export const transpose: NativeKernel = {
  kernelName: 'Transpose',
  needs: ['copy'],
  make: (_tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const x = inputs['x']!;
    const perm = attrs!['perm'] as number[];
    const shape = perm.map(axis => x.shape[axis]!);
    const [stepsX, stepsY] = [stepsOf(x.shape), stepsOf(shape)];
    const loop = loopOf(shape.map((size, i): Dimension => [size, stepsX[perm[i]!]!, stepsY[i]!]));
    if (!areNative(x) || !loop) return fallBack(fallback, call);
    const y = backend.output(shape);
    (addon as MoveAddon).copy(backend.floats(x), 0, backend.floats(y), 0, loop);
    return y;
  },
};

/** Copies where tfjs hands out a window, so that the input's memory can be used again. */
export const slice: NativeKernel = {
  kernelName: 'Slice',
  needs: ['copy'],
  make: (tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const x = inputs['x']!;
    const { begin, size } = attrs as unknown as { begin: number | number[]; size: number | number[] };
    const [from, shape] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
    tf.slice_util.assertParamsValid(x, from, shape);
    const steps = stepsOf(x.shape);
    const loop = windowLoop(shape, steps, stepsOf(shape));
    if (!areNative(x) || elementsOf({ shape }) === 0 || !loop) return fallBack(fallback, call);
    const y = backend.output(shape);
    const start = from.reduce((at, index, i) => at + index * steps[i]!, 0);
    (addon as MoveAddon).copy(backend.floats(x), start, backend.floats(y), 0, loop);
    return y;
  },
};

export const pad: NativeKernel = {
  kernelName: 'PadV2',
  needs: ['copy', 'fill'],
  make: (_tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const x = inputs['x']!;
    const { paddings, constantValue } = attrs as unknown as { paddings: [number, number][]; constantValue: number };
    const shape = paddings.map(([before, after], i) => before + x.shape[i]! + after);
    const steps = stepsOf(shape);
    const loop = windowLoop(x.shape, stepsOf(x.shape), steps);
    const isCut = paddings.some(([before, after]) => before < 0 || after < 0);
    if (!areNative(x) || isCut || !loop) return fallBack(fallback, call);
    const y = backend.output(shape);
    const start = paddings.reduce((at, [before], i) => at + before * steps[i]!, 0);
    (addon as MoveAddon).fill(backend.floats(y), constantValue);
    (addon as MoveAddon).copy(backend.floats(x), 0, backend.floats(y), start, loop);
    return y;
  },
};

export const concat: NativeKernel = {
  kernelName: 'Concat',
  needs: ['copy'],
  make: (tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const list = Object.values(inputs) as TensorInfo[];
    const axis = tf.util.parseAxisParam(attrs!['axis'] as number, list[0]!.shape)[0]!;
    if (list.length < 2 || !areNative(...list)) return fallBack(fallback, call);
    tf.backend_util.assertParamsConsistent(
      list.map(({ shape }) => shape),
      axis,
    );
    const shape = tf.backend_util.computeOutShape(
      list.map(({ shape }) => shape),
      axis,
    );
    const y = backend.output(shape);
    const row = elementsOf({ shape: shape.slice(axis) });
    let start = 0;
    for (const x of list) {
      const own = elementsOf({ shape: x.shape.slice(axis) });
      const loop = loopOf([
        [elementsOf(x) / own, own, row],
        [own, 1, 1],
      ]);
      (addon as MoveAddon).copy(backend.floats(x), 0, backend.floats(y), start, loop!);
      start += own;
    }
    return y;
  },
};

function windowLoop(
  shape: readonly number[],
  stepsX: readonly number[],
  stepsY: readonly number[],
): Int32Array | undefined {
  return loopOf(shape.map((size, i): Dimension => [size, stepsX[i]!, stepsY[i]!]));
}
