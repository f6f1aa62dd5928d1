import type { Axis, Convolution } from './convolution';

/** How a kernel gathers along one axis: output o of the grid reads, for tap k, the pixel o * step + k * tap + first of `input`. */
export interface Gather {
  readonly input: number;
  readonly grid: number;
  readonly taps: number;
  readonly step: number;
  readonly tap: number;
  readonly first: number;
  /** The output is written to pixel o * toStep + toFirst of `to`. */
  readonly to: number;
  readonly toStep: number;
  readonly toFirst: number;
  /** The taps are filterFirst, filterFirst + filterStep, … of the filter. */
  readonly filterFirst: number;
  readonly filterStep: number;
}

/** The convolution itself. */
export function forwards({ input, output, taps, stride, dilation, before }: Axis): Gather {
  return {
    ...{ input, grid: output, taps, step: stride, tap: dilation, first: -before },
    ...{ to: output, toStep: 1, toFirst: 0, filterFirst: 0, filterStep: 1 },
  };
}

/**
 * The gradient of the input, by phases: the inputs i with (i + before) mod stride = phase are reached by the taps phase,
 * phase + stride, … only, so that their gradient is a dense convolution of dy with those. Input q * stride + phase - before receives
 * dy[q], dy[q - 1], … Without dilation. Phases that no tap reaches are left out: their gradient is zero.
 */
export function backwards({ input, output, taps, stride, before }: Axis): Gather[] {
  return Array.from({ length: Math.min(stride, taps) }, (_, phase) => {
    const lowest = Math.ceil((before - phase) / stride);
    const highest = Math.floor((input - 1 + before - phase) / stride);
    return {
      ...{ input: output, grid: highest - lowest + 1, taps: Math.ceil((taps - phase) / stride), step: 1, tap: -1 },
      ...{ first: lowest, to: input, toStep: stride, toFirst: lowest * stride + phase - before },
      ...{ filterFirst: phase, filterStep: stride },
    };
  }).filter(({ grid }) => grid > 0);
}

/** The structure `gather` of native/wasm/convolution.c. */
export function gatherStructure(
  { batch, columns: { taps: filterWidth } }: Convolution,
  [rows, columns]: readonly [Gather, Gather],
  { channels, outputs, transposed }: { channels: number; outputs: number; transposed: boolean },
): number[] {
  const pairs = (['input', 'grid', 'taps', 'step', 'tap', 'first', 'to', 'toStep', 'toFirst'] as const).flatMap(key => [
    rows[key],
    columns[key],
  ]);
  const filter = [rows.filterFirst, columns.filterFirst, rows.filterStep, columns.filterStep];
  return [batch, channels, outputs, ...pairs, filterWidth, ...filter, transposed ? 1 : 0];
}
