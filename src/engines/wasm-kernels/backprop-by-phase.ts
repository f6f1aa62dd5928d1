import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { padding, type Axis, type Convolution } from './convolution';
import { makeOutput, valuesOf } from './kernel';

/** Convolves dy with a flipped part of the filter: tap offsets and counts along rows and columns, and the padding. */
export type PhaseConvolution = (rows: Phase, columns: Phase, pad: ReturnType<typeof padding>) => Tensor4D;

/**
 * The inputs i with (i + before) mod stride = `offset` along one axis. Only the taps offset, offset + stride, … reach them, so that
 * their gradient is a dense convolution of dy with those taps, flipped: no work on the zeros that a stride would put in between.
 */
export interface Phase {
  readonly offset: number;
  readonly taps: number;
  /** Padding of dy; the first output of the padded convolution belongs to the input `first`. */
  readonly pad: readonly [number, number];
  readonly first: number;
}

/** dx [N, H, W, in] of a convolution without dilation. */
export function backpropByPhase(tf: Tf, convolution: Convolution, convolve: PhaseConvolution): Tensor4D {
  const { rows, columns, batch, inChannels } = convolution;
  const rowPhases = phasesOf(rows);
  const columnPhases = phasesOf(columns);
  const parts = rowPhases.flatMap(row =>
    columnPhases.map(column => ({ row, column, values: convolve(row, column, padding(row.pad, column.pad)) })),
  );
  const shape = [batch, rows.input, columns.input, inChannels];
  const whole = parts.find(({ values }) => tf.util.arraysEqual(values.shape, shape));
  if (rows.stride * columns.stride === 1 && whole) return whole.values;
  const backend = tf.backend();
  const out = makeOutput(backend, shape);
  const dx = valuesOf(backend, out).fill(0);
  for (const { row, column, values } of parts) {
    scatter(valuesOf(backend, values), values.shape, dx, convolution, row, column);
  }
  return tf.engine().makeTensorFromTensorInfo(out) as Tensor4D;
}

function phasesOf({ input, output, taps, stride, before }: Axis): Phase[] {
  const phases: Phase[] = [];
  for (let offset = 0; offset < Math.min(stride, taps); offset++) {
    const count = Math.ceil((taps - offset) / stride);
    // Input i = q * stride + offset - before receives dy[q], dy[q - 1], …, dy[q - count + 1].
    const lowest = Math.ceil((before - offset) / stride);
    const highest = Math.floor((input - 1 + before - offset) / stride);
    const left = Math.max(0, count - 1 - lowest);
    const right = Math.min(count - 1, Math.max(0, highest - output + 1));
    if (highest < lowest || output + left + right < count) continue;
    phases.push({ offset, taps: count, pad: [left, right], first: (count - 1 - left) * stride + offset - before });
  }
  return phases;
}

/** Writes the outputs of a phase to their inputs; those outside the image are padding. */
function scatter(
  values: Float32Array,
  [, height, width]: readonly number[],
  dx: Float32Array,
  { batch, rows, columns, inChannels }: Convolution,
  row: Phase,
  column: Phase,
): void {
  for (let n = 0; n < batch; n++) {
    for (let h = 0; h < height!; h++) {
      const toRow = row.first + h * rows.stride;
      if (toRow < 0 || toRow >= rows.input) continue;
      for (let w = 0; w < width!; w++) {
        const toColumn = column.first + w * columns.stride;
        if (toColumn < 0 || toColumn >= columns.input) continue;
        const from = ((n * height! + h) * width! + w) * inChannels;
        const to = ((n * rows.input + toRow) * columns.input + toColumn) * inChannels;
        for (let c = 0; c < inChannels; c++) dx[to + c] = values[from + c]!;
      }
    }
  }
}
