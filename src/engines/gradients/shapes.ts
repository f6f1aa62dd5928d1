import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { ofX, sumToShape, type Gradients } from './gradient';

/** Kernels that move values about. */
export const shapeGradients: Gradients = tf => [
  ofX('Reshape', 'x', (dy, x) => tf.reshape(dy, x.shape)),
  {
    kernelName: 'ExpandDims',
    inputsToSave: ['input'],
    gradFunc: (dy, [input]) => ({ input: () => tf.reshape(dy as Tensor, input!.shape) }),
  },
  ofX('Transpose', 'nothing', (dy, _x, { perm }) =>
    tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm as number[])),
  ),
  ofX('Reverse', 'nothing', (dy, _x, { dims }) => tf.reverse(dy, dims as number[])),
  ofX('PadV2', 'x', (dy, x, { paddings }) =>
    tf.slice(
      dy,
      (paddings as [number, number][]).map(([before]) => before),
      x.shape,
    ),
  ),
  ofX('Slice', 'x', (dy, x, { begin, size }) => {
    const [from, extent] = tf.slice_util.parseSliceParams(x, begin as number[], size as number[]) as [
      number[],
      number[],
    ];
    return tf.pad(
      dy,
      x.shape.map((total, i): [number, number] => [from[i]!, total - from[i]! - extent[i]!]),
    );
  }),
  // Repeats become axes of their own: [n * reps, …] = [reps, n, …].
  ofX('Tile', 'x', (dy, x, { reps }) => {
    const split = tf.reshape(
      dy,
      x.shape.flatMap((size, i) => [(reps as number[])[i]!, size]),
    );
    return sumToShape(
      tf,
      tf.sum(
        split,
        x.shape.map((_, i) => 2 * i),
      ),
      x.shape,
    );
  }),
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, inputs, attributes) => {
      const axis = tf.util.parseAxisParam(attributes['axis'] as number, inputs[0]!.shape)[0]!;
      const sizes = inputs.map(input => input.shape[axis]!);
      const parts = tf.split(dy as Tensor, sizes, axis);
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  ofX('SplitV', 'nothing', (dy, _x, { axis }) => tf.concat(dy as unknown as Tensor[], axis as number)),
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc: (dy, _inputs, { axis }) =>
      Object.fromEntries(tf.unstack(dy as Tensor, axis as number).map((part, i) => [i, () => part])),
  },
  {
    kernelName: 'Unpack',
    gradFunc: (dy, _saved, { axis }) => ({ value: () => tf.stack(dy as Tensor[], axis as number) }),
  },
  {
    kernelName: 'GatherV2',
    inputsToSave: ['x', 'indices'],
    gradFunc: (dy, [x, indices], attributes) => {
      const axis = tf.util.parseAxisParam(attributes['axis'] as number, x!.shape)[0]!;
      // Segments are rows: the gathered axes come first, and go back to their place.
      const order = x!.shape.map((_, i) => (i === 0 ? axis : i <= axis ? i - 1 : i));
      const back = tf.backend_util.getUndoAxesPermutation(order);
      return {
        x: () => {
          const flat = [...x!.shape.slice(0, axis), indices!.size, ...x!.shape.slice(axis + 1)];
          const rows = tf.transpose(tf.reshape(dy as Tensor, flat), order);
          const ids = tf.reshape<Rank.R1>(indices!, [indices!.size]);
          return tf.transpose(tf.unsortedSegmentSum(rows, ids, x!.shape[axis]!), back);
        },
        indices: () => tf.zerosLike(tf.cast(indices!, 'float32')),
      };
    },
  },
];
