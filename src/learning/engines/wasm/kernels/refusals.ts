import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

type Params = Parameters<KernelFunc>[0];

/** Optional ones are null; some kernels take a list of tensors. */
export type Input = TensorInfo | readonly TensorInfo[] | null | undefined;

type Refusal = (params: Params) => boolean;

/** Whether a kernel of the wasm backend, the package's or ours, refuses a call or would answer it wrongly. */
export function refusalOf(kernelName: string): Refusal {
  const particular = PARTICULAR[kernelName];
  return particular ? params => holdsForeign(params) || particular(params) : holdsForeign;
}

/** Complex numbers and strings have no place in the WebAssembly heap. */
function holdsForeign({ inputs, attrs }: Params): boolean {
  if (isForeign((attrs as Attributes | undefined)?.dtype)) return true;
  for (const name in inputs) {
    const input = inputs[name] as Input;
    if (isList(input) ? input.some(({ dtype }) => isForeign(dtype)) : isForeign(input?.dtype)) return true;
  }
  return false;
}

export function isList(input: unknown): input is readonly TensorInfo[] {
  return Array.isArray(input);
}

export function isForeign(dtype: string | undefined): boolean {
  return dtype === 'complex64' || dtype === 'string';
}

const PARTICULAR: Readonly<Record<string, Refusal>> = {
  AvgPool: isPointwiseWithPadding,
  MaxPool: isPointwiseWithPadding,
  BatchMatMul: ({ inputs }) => inputs['a']!.dtype !== 'float32' || inputs['b']!.dtype !== 'float32',
  // Of more than one axis: counts of the whole, where the package makes room for counts of each row.
  Bincount: ({ inputs }) => inputs['x']!.shape.length !== 1,
  // Copied as they are, so that 3 and 254 become values of a boolean.
  Cast: ({ attrs }) => attributesOf(attrs).dtype === 'bool',
  Conv2D: isChannelsFirst,
  Conv2DBackpropFilter: isChannelsFirst,
  Conv2DBackpropInput: isChannelsFirst,
  DepthwiseConv2dNativeBackpropFilter: ({ attrs }) => multipliesChannels(attributesOf(attrs).filterShape!),
  DepthwiseConv2dNativeBackpropInput: ({ inputs }) => multipliesChannels(inputs['filter']!.shape),
  FusedConv2D: params => isChannelsFirst(params) || broadcastsBias(params),
  FusedDepthwiseConv2D: params => isChannelsFirst(params) || broadcastsBias(params),
  _FusedMatMul: broadcastsBias,
};

/** Of the attributes of these kernels. */
interface Attributes {
  readonly dtype?: string;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly filterSize?: number | readonly number[];
  readonly filterShape?: readonly number[];
  readonly pad?: unknown;
}

function attributesOf(attrs: unknown): Attributes {
  return attrs as Attributes;
}

function isChannelsFirst({ attrs }: Params): boolean {
  return attributesOf(attrs).dataFormat === 'NCHW';
}

function broadcastsBias({ inputs }: Params): boolean {
  const bias = inputs['bias'] as TensorInfo | null | undefined;
  return bias ? bias.shape.length !== 1 : false;
}

/** Windows of one pixel that lie in the padding: the package leaves their outputs as the heap had them. */
function isPointwiseWithPadding({ attrs }: Params): boolean {
  const { filterSize, pad } = attributesOf(attrs);
  return [filterSize].flat().every(size => size === 1) && pad !== 'valid' && pad !== 'same' && pad !== 0;
}

/** Our depthwise gradients know one filter per channel. */
function multipliesChannels(filterShape: readonly number[]): boolean {
  return filterShape[3] !== 1;
}
