import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import type { Addon } from '../addon';
import { areNative, fallBack, elementsOf, type Call, type NativeKernel } from '../kernel';
import { ACTIVATION_NEEDS, activationOf } from './activation';
import { windowGeometry, type WindowAttrs } from './window';

interface DepthwiseAddon extends Addon {
  depthwise(
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    y: Float32Array,
    geometry: Int32Array,
  ): void;
  depthwiseBackpropInput(dy: Float32Array, filter: Float32Array, dx: Float32Array, geometry: Int32Array): void;
  depthwiseBackpropFilter(x: Float32Array, dy: Float32Array, dFilter: Float32Array, geometry: Int32Array): void;
}

export const depthwise: NativeKernel = {
  kernelName: 'DepthwiseConv2dNative',
  needs: ['depthwise'],
  make: (tf, addon, fallback) => call => {
    const [x, filter] = [call.inputs['x']!, call.inputs['filter']!];
    const info = infoOf(tf, x.shape, filter.shape, call);
    if (!info || !areNative(x, filter)) return fallBack(fallback, call);
    return convolved(addon as DepthwiseAddon, call, info, x, filter, undefined);
  },
};

export const fusedDepthwise: NativeKernel = {
  kernelName: 'FusedDepthwiseConv2D',
  needs: ['depthwise', ...ACTIVATION_NEEDS],
  make: (tf, addon, fallback) => call => {
    const { inputs, attrs, backend } = call;
    const [x, filter] = [inputs['x']!, inputs['filter']!];
    const [bias, alpha] = [inputs['bias'], inputs['preluActivationWeights']] as (TensorInfo | null | undefined)[];
    const info = infoOf(tf, x.shape, filter.shape, call);
    const activate = info && activationOf(addon, backend, attrs, alpha, info.outShape);
    const isByChannel = !bias || (areNative(bias) && elementsOf(bias) === info?.outChannels && bias.shape.length === 1);
    if (!info || !activate || !isByChannel || !areNative(x, filter)) return fallBack(fallback, call);
    const y = convolved(addon as DepthwiseAddon, call, info, x, filter, bias ?? undefined);
    activate(y);
    return y;
  },
};

export const depthwiseBackpropInput: NativeKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  needs: ['depthwiseBackpropInput'],
  make: (tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const [dy, filter] = [inputs['dy']!, inputs['filter']!];
    const { inputShape } = attrs as unknown as WindowAttrs;
    const info = infoOf(tf, inputShape, filter.shape, call);
    if (!fits(info, dy) || !areNative(dy, filter) || elementsOf({ shape: inputShape }) === 0)
      return fallBack(fallback, call);
    const dx = backend.output(inputShape);
    const [from, by, to] = [dy, filter, dx].map(tensor => backend.floats(tensor)) as Floats3;
    (addon as DepthwiseAddon).depthwiseBackpropInput(from, by, to, windowGeometry(info));
    return dx;
  },
};

export const depthwiseBackpropFilter: NativeKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  needs: ['depthwiseBackpropFilter'],
  make: (tf, addon, fallback) => call => {
    const { backend, inputs, attrs } = call;
    const [x, dy] = [inputs['x']!, inputs['dy']!];
    const { filterShape } = attrs as unknown as WindowAttrs;
    const info = infoOf(tf, x.shape, filterShape, call);
    if (!fits(info, dy) || !areNative(x, dy)) return fallBack(fallback, call);
    const dFilter = backend.output(filterShape);
    const [from, by, to] = [x, dy, dFilter].map(tensor => backend.floats(tensor)) as Floats3;
    (addon as DepthwiseAddon).depthwiseBackpropFilter(from, by, to, windowGeometry(info));
    return dFilter;
  },
};

type Floats3 = [Float32Array, Float32Array, Float32Array];

function convolved(
  addon: DepthwiseAddon,
  { backend }: Call,
  info: backend_util.Conv2DInfo,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
): TensorInfo {
  const y = backend.output(info.outShape);
  const [from, by, to] = [x, filter, y].map(tensor => backend.floats(tensor)) as Floats3;
  addon.depthwise(from, by, bias ? backend.floats(bias) : null, to, windowGeometry(info));
  return y;
}

function fits(info: backend_util.Conv2DInfo | undefined, dy: TensorInfo): info is backend_util.Conv2DInfo {
  return info !== undefined && elementsOf({ shape: info.outShape }) === elementsOf(dy);
}

/** Undefined for what our kernels do not do: several filters a channel, and channels before rows. */
function infoOf(
  tf: Tf,
  x: readonly number[],
  filter: readonly number[],
  { attrs }: Call,
): backend_util.Conv2DInfo | undefined {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attrs as unknown as WindowAttrs;
  if (filter[3] !== 1 || (dataFormat ?? 'NHWC') !== 'NHWC') return undefined;
  const info = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  return info.outHeight > 0 && info.outWidth > 0 ? info : undefined;
}
