import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type Call, type NativeKernel } from '../kernel';
import { ACTIVATION_NEEDS, activationOf } from './activation';
import { convGeometry, type WindowAttrs } from './window';

/** Each says false where oneDNN does not know the geometry. */
interface ConvAddon extends Addon {
  readonly conv2d: (
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    y: Float32Array,
    geometry: Int32Array,
  ) => boolean;
  /** Of dy and filter. */
  readonly conv2dBackpropInput: Run;
  /** Of x and dy. */
  readonly conv2dBackpropFilter: Run;
}

export const conv2d: NativeKernel = {
  kernelName: 'Conv2D',
  needs: ['conv2d'],
  make: (tf, addon, fallback) => call => {
    const [x, filter] = [call.inputs['x']!, call.inputs['filter']!];
    return convolved(tf, addon as ConvAddon, call, x, filter, undefined) ?? fallBack(fallback, call);
  },
};

export const fusedConv2d: NativeKernel = {
  kernelName: 'FusedConv2D',
  needs: ['conv2d', ...ACTIVATION_NEEDS],
  make: (tf, addon, fallback) => call => {
    const { inputs, attrs, backend } = call;
    const [x, filter] = [inputs['x']!, inputs['filter']!];
    const [bias, alpha] = [inputs['bias'], inputs['preluActivationWeights']] as (TensorInfo | null | undefined)[];
    const shape = infoOf(tf, x.shape, filter.shape, call).outShape;
    const activate = activationOf(addon, backend, attrs, alpha, shape);
    const isByChannel = !bias || (areNative(bias) && elementsOf(bias) === filter.shape[3] && bias.shape.length === 1);
    if (!activate || !isByChannel) return fallBack(fallback, call);
    const y = convolved(tf, addon as ConvAddon, call, x, filter, bias ?? undefined);
    if (!y) return fallBack(fallback, call);
    activate(y);
    return y;
  },
};

export const conv2dBackpropInput: NativeKernel = {
  kernelName: 'Conv2DBackpropInput',
  needs: ['conv2dBackpropInput'],
  make: (tf, addon, fallback) => call => {
    const { inputs, attrs } = call;
    const [dy, filter] = [inputs['dy']!, inputs['filter']!];
    const { inputShape } = attrs as unknown as WindowAttrs;
    const isNative = isChannelsLast(call) && areNative(dy, filter);
    const info = isNative ? infoOf(tf, inputShape, filter.shape, call) : undefined;
    const run = (addon as ConvAddon).conv2dBackpropInput;
    return (fits(info, dy) && filled(call, info, inputShape, run, dy, filter)) || fallBack(fallback, call);
  },
};

export const conv2dBackpropFilter: NativeKernel = {
  kernelName: 'Conv2DBackpropFilter',
  needs: ['conv2dBackpropFilter'],
  make: (tf, addon, fallback) => call => {
    const { inputs, attrs } = call;
    const [x, dy] = [inputs['x']!, inputs['dy']!];
    const { filterShape } = attrs as unknown as WindowAttrs;
    const isNative = isChannelsLast(call) && areNative(x, dy);
    const info = isNative ? infoOf(tf, x.shape, filterShape, call) : undefined;
    const run = (addon as ConvAddon).conv2dBackpropFilter;
    return (fits(info, dy) && filled(call, info, filterShape, run, x, dy)) || fallBack(fallback, call);
  },
};

function convolved(
  tf: Tf,
  addon: ConvAddon,
  call: Call,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
): TensorInfo | undefined {
  if (!isChannelsLast(call) || !areNative(x, filter)) return undefined;
  const info = infoOf(tf, x.shape, filter.shape, call);
  const biasValues = bias ? call.backend.floats(bias) : null;
  const run: Run = (a, b, y, geometry) => addon.conv2d(a, b, biasValues, y, geometry);
  return filled(call, info, info.outShape, run, x, filter);
}

type Run = (a: Float32Array, b: Float32Array, result: Float32Array, geometry: Int32Array) => boolean;

/** A new tensor with what `run` makes of a and b; undefined where it cannot. */
function filled(
  { backend }: Call,
  info: backend_util.Conv2DInfo,
  shape: number[],
  run: Run,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo | undefined {
  if (elementsOf({ shape }) === 0 || elementsOf({ shape: info.outShape }) === 0) return undefined;
  const y = backend.output(shape);
  if (run(backend.floats(a), backend.floats(b), backend.floats(y), convGeometry(info))) return y;
  backend.disposeIntermediateTensorInfo(y);
  return undefined;
}

/** tfjs's kernel also takes an output's gradient of another size than the output, and reads a part of it. */
function fits(info: backend_util.Conv2DInfo | undefined, dy: TensorInfo): info is backend_util.Conv2DInfo {
  return info !== undefined && elementsOf({ shape: info.outShape }) === elementsOf(dy);
}

function isChannelsLast({ attrs }: Call): boolean {
  return ((attrs as unknown as WindowAttrs).dataFormat ?? 'NHWC') === 'NHWC';
}

function infoOf(tf: Tf, x: readonly number[], filter: readonly number[], { attrs }: Call): backend_util.Conv2DInfo {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attrs as unknown as WindowAttrs;
  return tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
  );
}
