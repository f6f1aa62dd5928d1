import type { TensorInfo } from '@tensorflow/tfjs-core';
import { convolutionOf, type Convolution, type ConvolutionAttributes } from './convolution';
import { onlyPlainDepthwise, plainDepthwise } from './depthwise-limits';
import { allFloat, isEmpty, makeOutput, type WasmKernel } from './kernel';
import { addressOf, nativeOf, withScratch, writeIntegers } from './native';

const STRUCTURE = 32;

/** y [N, H', W', in] of x [N, H, W, in] and the filter [kh, kw, in, 1]. */
export const depthwiseConv2d: WasmKernel = {
  kernelName: 'DepthwiseConv2dNative',
  make: (tf, original) => params => {
    const [x, filter] = [params.inputs['x']!, params.inputs['filter']!];
    const attributes = params.attrs as unknown as ConvolutionAttributes;
    const convolution = convolutionOf(tf, x.shape, filter.shape, attributes, true);
    if (!plainDepthwise(convolution) || !allFloat(x, filter) || isEmpty(x, filter)) return original!(params);
    const { batch, rows, columns, inChannels } = convolution;
    const y = makeOutput(params.backend, [batch, rows.output, columns.output, inChannels]);
    gather(params.backend, 'depthwise', forwardStructure(convolution), [x, filter, y]);
    return y;
  },
};

/** dx [N, H, W, in] of dy [N, H', W', in]. */
export const depthwiseBackpropInput: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  make: tf => params => {
    const [dy, filter] = [params.inputs['dy']!, params.inputs['filter']!];
    const attributes = params.attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
    const convolution = convolutionOf(tf, attributes.inputShape, filter.shape, attributes, true);
    onlyPlainDepthwise(convolution);
    const dx = makeOutput(params.backend, attributes.inputShape);
    gather(params.backend, 'depthwise', backwardStructure(convolution), [dy, filter, dx]);
    return dx;
  },
};

/** dW [kh, kw, in, 1]: per tap and channel, the sum over outputs of x under the tap times dy. */
export const depthwiseBackpropFilter: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  make: tf => params => {
    const [x, dy] = [params.inputs['x']!, params.inputs['dy']!];
    const attributes = params.attrs as unknown as ConvolutionAttributes & { filterShape: number[] };
    const convolution = convolutionOf(tf, x.shape, attributes.filterShape, attributes, true);
    onlyPlainDepthwise(convolution);
    const gradient = makeOutput(params.backend, attributes.filterShape);
    gather(params.backend, 'depthwise_filter', forwardStructure(convolution), [x, dy, gradient]);
    return gradient;
  },
};

/** The structure `gather` of native/wasm/depthwise.c. */
function forwardStructure({ batch, inChannels, rows, columns }: Convolution): number[] {
  return [
    ...[batch, inChannels, rows.input, columns.input, rows.output, columns.output, rows.taps, columns.taps],
    ...[rows.stride, columns.stride, rows.dilation, columns.dilation, -rows.before, -columns.before, 1, 1],
  ];
}

/** Input i receives dy[(i + before - k * dilation) / stride] through tap k, where that is whole. */
function backwardStructure({ batch, inChannels, rows, columns }: Convolution): number[] {
  return [
    ...[batch, inChannels, rows.output, columns.output, rows.input, columns.input, rows.taps, columns.taps],
    ...[1, 1, -rows.dilation, -columns.dilation, rows.before, columns.before, rows.stride, columns.stride],
  ];
}

function gather(
  backend: unknown,
  kernel: 'depthwise' | 'depthwise_filter',
  structure: readonly number[],
  operands: readonly TensorInfo[],
): void {
  withScratch(backend, STRUCTURE, scratch => {
    writeIntegers(backend, scratch, structure);
    nativeOf(backend)[kernel](scratch, ...operands.map(info => addressOf(backend, info)));
  });
}
