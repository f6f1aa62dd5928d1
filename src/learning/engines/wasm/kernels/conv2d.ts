import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import { as4D, convolutionOf, type Convolution, type ConvolutionAttributes } from './convolution';
import { backwards, forwards, gatherStructure, type Gather } from './gather';
import { allFloat, isEmpty, makeOutput, valuesOf, type WasmKernel } from './kernel';
import { addressOf, nativeOf, withScratch, writeIntegers } from './native';
import { suitsWinograd, winograd, winogradFilter } from './winograd';

/** Block sizes of native/wasm/kernels.h, for the room that its kernels want. */
const [BLOCK_ROWS, BLOCK_DEPTH, STRUCTURE] = [64, 256, 64];

/** y [N, H', W', out] of x [N, H, W, in] and the filter [kh, kw, in, out]. */
export const conv2d: WasmKernel = {
  kernelName: 'Conv2D',
  make: (tf, original) => params => {
    const [x, filter] = [params.inputs['x']!, params.inputs['filter']!];
    const attributes = params.attrs as unknown as ConvolutionAttributes;
    const convolution = plainConvolution(tf, x.shape, filter.shape, attributes);
    if (!convolution || !allFloat(x, filter) || isEmpty(x, filter)) return original!(params);
    const { batch, rows, columns, inChannels, outChannels } = convolution;
    const y = makeOutput(params.backend, [batch, rows.output, columns.output, outChannels]);
    if (suitsWinograd(convolution)) {
      winograd(params.backend, convolution, { from: x, filter, to: y, backward: false });
    } else {
      const shape = { channels: inChannels, outputs: outChannels, transposed: false };
      correlate(params.backend, convolution, [forwards(rows), forwards(columns)], shape, { from: x, filter, to: y });
    }
    return y;
  },
};

/** dx [N, H, W, in] of dy [N, H', W', out]. */
export const conv2dBackpropInput: WasmKernel = {
  kernelName: 'Conv2DBackpropInput',
  make: (tf, original) => params => {
    const [dy, filter] = [params.inputs['dy']!, params.inputs['filter']!];
    const attributes = params.attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
    const convolution = plainConvolution(tf, attributes.inputShape, filter.shape, attributes);
    if (!convolution || dilated(convolution) || !allFloat(dy, filter) || isEmpty(dy, filter)) return original!(params);
    const { batch, rows, columns, inChannels, outChannels } = convolution;
    // A transposed convolution may bring more than the convolution has outputs; the rest counts for nothing.
    if (dy.shape[1]! > rows.output || dy.shape[2]! > columns.output) {
      const inside = tf.slice(as4D(dy), [0, 0, 0, 0], [batch, rows.output, columns.output, outChannels]);
      const dx = tf.getKernel('Conv2DBackpropInput', 'wasm').kernelFunc({ ...params, inputs: { dy: inside, filter } });
      inside.dispose();
      return dx;
    }
    const dx = makeOutput(params.backend, attributes.inputShape);
    if (suitsWinograd(convolution)) {
      winograd(params.backend, convolution, { from: dy, filter, to: dx, backward: true });
      return dx;
    }
    // Rows and columns that the strides leave out.
    if (rows.stride * columns.stride > 1) valuesOf(params.backend, dx).fill(0);
    const shape = { channels: outChannels, outputs: inChannels, transposed: true };
    for (const row of backwards(rows)) {
      for (const column of backwards(columns)) {
        correlate(params.backend, convolution, [row, column], shape, { from: dy, filter, to: dx });
      }
    }
    return dx;
  },
};

/** dW [kh, kw, in, out]: the sum over outputs of the patch of x times dy. */
export const conv2dBackpropFilter: WasmKernel = {
  kernelName: 'Conv2DBackpropFilter',
  make: tf => params => {
    const [x, dy] = [params.inputs['x']!, params.inputs['dy']!];
    const attributes = params.attrs as unknown as ConvolutionAttributes & { filterShape: number[] };
    const convolution = convolutionOf(tf, x.shape, attributes.filterShape, attributes);
    const gradient = makeOutput(params.backend, attributes.filterShape);
    if (isEmpty(x, dy)) valuesOf(params.backend, gradient).fill(0);
    else if (suitsWinograd(convolution)) winogradFilter(params.backend, convolution, x, dy, gradient);
    else filterGradient(params.backend, convolution, x, dy, gradient);
    return gradient;
  },
};

interface Operands {
  readonly from: TensorInfo;
  readonly filter: TensorInfo;
  readonly to: TensorInfo;
}

function correlate(
  backend: unknown,
  convolution: Convolution,
  gathers: readonly [Gather, Gather],
  shape: { channels: number; outputs: number; transposed: boolean },
  { from, filter, to }: Operands,
): void {
  const depth = gathers[0].taps * gathers[1].taps * shape.channels;
  const room = BLOCK_ROWS * BLOCK_DEPTH + BLOCK_DEPTH + roundUp(shape.outputs) * depth;
  withScratch(backend, STRUCTURE + room, scratch => {
    writeIntegers(backend, scratch, gatherStructure(convolution, gathers, shape));
    const [source, weights, target] = [from, filter, to].map(info => addressOf(backend, info));
    nativeOf(backend).correlate(scratch, source!, weights!, target!, scratch + 4 * STRUCTURE);
  });
}

function filterGradient(
  backend: unknown,
  convolution: Convolution,
  x: TensorInfo,
  dy: TensorInfo,
  gradient: TensorInfo,
): void {
  const { rows, columns, inChannels: channels, outChannels: outputs } = convolution;
  withScratch(backend, STRUCTURE + (BLOCK_ROWS + roundUp(outputs) + BLOCK_DEPTH) * BLOCK_DEPTH, scratch => {
    const gathers = [forwards(rows), forwards(columns)] as const;
    writeIntegers(backend, scratch, gatherStructure(convolution, gathers, { channels, outputs, transposed: false }));
    const [image, above, to] = [x, dy, gradient].map(info => addressOf(backend, info));
    nativeOf(backend).filter_gradient(scratch, image!, above!, to!, scratch + 4 * STRUCTURE);
  });
}

function plainConvolution(
  tf: Tf,
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes & { readonly dataFormat?: string },
): Convolution | undefined {
  if ((attributes.dataFormat ?? 'NHWC') !== 'NHWC') return undefined;
  return convolutionOf(tf, input, filter, attributes);
}

function dilated({ rows, columns }: Convolution): boolean {
  return rows.dilation * columns.dilation !== 1;
}

function roundUp(outputs: number): number {
  return Math.ceil(outputs / 8) * 8;
}
