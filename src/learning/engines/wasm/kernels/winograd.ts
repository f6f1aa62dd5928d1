import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Convolution } from './convolution';
import { addressOf, nativeOf, withScratch, writeIntegers } from './native';

const STRUCTURE = 64;

/** Whether native/wasm/winograd.c computes this convolution and its gradients, and does it faster than plain products. */
export function suitsWinograd({ rows, columns, inChannels, outChannels }: Convolution): boolean {
  const axes = [rows, columns];
  return (
    axes.every(({ taps, stride, dilation, before, after }) => {
      return taps === 3 && stride === 1 && dilation === 1 && Math.max(before, after) <= 2;
    }) &&
    axes.every(({ input, output }) => Math.min(input, output) >= 4) &&
    inChannels % 8 === 0 &&
    outChannels % 8 === 0 &&
    Math.min(inChannels, outChannels) >= 16
  );
}

/** Forward: y from x. Backward: dx from dy. */
export function winograd(
  backend: unknown,
  { batch, rows, columns, inChannels, outChannels }: Convolution,
  operands: {
    readonly from: TensorInfo;
    readonly filter: TensorInfo;
    readonly to: TensorInfo;
    readonly backward: boolean;
  },
): void {
  const { backward } = operands;
  const [channels, outputs] = backward ? [outChannels, inChannels] : [inChannels, outChannels];
  const block = blockOf(Math.max(channels, outputs));
  const room = 25 * channels * outputs + 16 * block * (channels + outputs);
  withScratch(backend, STRUCTURE + room, scratch => {
    const sizes = [rows, columns].map(({ input, output }) => (backward ? [output, input] : [input, output]));
    const pads = [rows, columns].map(({ before }) => (backward ? 2 - before : before));
    writeIntegers(backend, scratch, [
      ...[batch, channels, outputs],
      ...[sizes[0]![0]!, sizes[1]![0]!, ...pads, sizes[0]![1]!, sizes[1]![1]!],
      backward ? 1 : 0,
    ]);
    const [from, filter, to] = [operands.from, operands.filter, operands.to].map(info => addressOf(backend, info));
    nativeOf(backend).winograd(scratch, from!, filter!, to!, block, scratch + 4 * STRUCTURE);
  });
}

/** The gradient of the filter. */
export function winogradFilter(
  backend: unknown,
  { batch, rows, columns, inChannels, outChannels }: Convolution,
  x: TensorInfo,
  dy: TensorInfo,
  gradient: TensorInfo,
): void {
  const block = blockOf(Math.max(inChannels, outChannels));
  const room = 16 * (inChannels * outChannels + block * (inChannels + outChannels));
  withScratch(backend, STRUCTURE + room, scratch => {
    writeIntegers(backend, scratch, [
      ...[batch, inChannels, outChannels, rows.input, columns.input, rows.before, columns.before],
      ...[rows.output, columns.output, 0],
    ]);
    const [image, above, to] = [x, dy, gradient].map(info => addressOf(backend, info));
    nativeOf(backend).winograd_filter(scratch, image!, above!, to!, block, scratch + 4 * STRUCTURE);
  });
}

/** Tiles at a time: few enough to stay in a cache, and enough that reading the filters again costs little. */
function blockOf(channels: number): number {
  return Math.min(4, Math.max(1, Math.ceil(channels / 128))) * 64;
}
