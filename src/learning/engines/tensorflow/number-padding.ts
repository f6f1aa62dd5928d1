import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import type { TensorflowKernel } from './kernel';

const FORMS: readonly Convolution[] = [
  {
    kernelName: 'Conv2D',
    shapes: ({ x, filter }) => [x!.shape, filter!.shape],
    operands: ({ x, filter }) => [x!, filter!],
  },
  {
    kernelName: 'Conv2DBackpropInput',
    shapes: ({ filter }, { inputShape }) => [inputShape!, filter!.shape],
    operands: ({ filter, dy }, { inputShape }) => [inputShape!, filter!, dy!],
  },
  {
    kernelName: 'Conv2DBackpropFilter',
    shapes: ({ x }, { filterShape }) => [x!.shape, filterShape!],
    operands: ({ x, dy }, { filterShape }) => [x!, filterShape!, dy!],
  },
];

/**
 * Convolutions, depthwise ones and the gradients of both, with padding in numbers: tfjs-node knows `same` and `valid` only, and
 * TensorFlow itself pads by any number of rows and columns.
 */
export const CONVOLUTIONS: readonly TensorflowKernel[] = FORMS.flatMap(form =>
  [false, true].map(depthwise => {
    const kernelName = depthwise ? form.kernelName.replace('Conv2D', 'DepthwiseConv2dNative') : form.kernelName;
    return { kernelName, make: (tf, original) => withNumberPadding(tf, { ...form, kernelName }, depthwise, original) };
  }),
);

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | PaddingByAxis;
  readonly dilations?: number | [number, number] | null;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: number[];
  readonly filterShape?: number[];
}

type PaddingByAxis = [[number, number], [number, number], [number, number], [number, number]];
type Shape4 = [number, number, number, number];

interface Convolution {
  readonly kernelName: string;
  /** Of the images and of the filter. */
  readonly shapes: (inputs: Inputs, attributes: Attributes) => readonly [number[], number[]];
  /** In TensorFlow's order; a list of lengths stands for the int32 tensor of a shape. */
  readonly operands: (inputs: Inputs, attributes: Attributes) => readonly (TensorInfo | number[])[];
}

/** What we use of tfjs-node's NodeJSKernelBackend. */
interface NodeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_FLOAT', number>>;
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly TensorInfo[]): TensorInfo;
}

function withNumberPadding(tf: Tf, convolution: Convolution, depthwise: boolean, original: KernelFunc): KernelFunc {
  return args => {
    const inputs = args.inputs as Inputs;
    const attributes = args.attrs as unknown as Attributes;
    const [images, filter] = convolution.shapes(inputs, attributes);
    const info = tf.backend_util.computeConv2DInfo(
      images as Shape4,
      filter as Shape4,
      attributes.strides,
      attributes.dilations ?? 1,
      attributes.pad,
      attributes.dimRoundingMode,
      depthwise,
      tf.backend_util.convertConv2DDataFormat(attributes.dataFormat ?? 'NHWC'),
    );
    if (!needsUs(info) || Object.values(inputs).some(input => input?.dtype !== 'float32')) return original(args);
    const operands = convolution.operands(inputs, attributes);
    const tensors = operands.map(operand => (Array.isArray(operand) ? tf.tensor1d(operand, 'int32') : operand));
    try {
      const backend = args.backend as NodeBackend;
      return backend.executeSingleOutput(convolution.kernelName, attributesOf(backend, info), tensors);
    } finally {
      tensors.forEach((tensor, i) => {
        if (tensor !== operands[i]) tf.dispose(tensor as never);
      });
    }
  };
}

type Info = ReturnType<Tf['backend_util']['computeConv2DInfo']>;

function needsUs(info: Info): boolean {
  const { type, top, bottom, left, right } = info.padInfo;
  if (type === 'VALID' || type === 'SAME' || info.dataFormat !== 'channelsLast') return false;
  // TensorFlow leaves out what a stride does not reach; another way of rounding makes another size.
  const rows = Math.floor((info.inHeight + top + bottom - info.effectiveFilterHeight) / info.strideHeight) + 1;
  const columns = Math.floor((info.inWidth + left + right - info.effectiveFilterWidth) / info.strideWidth) + 1;
  return rows === info.outHeight && columns === info.outWidth;
}

function attributesOf({ binding }: NodeBackend, info: Info): object[] {
  const { top, bottom, left, right } = info.padInfo;
  const ints = (name: string, value: readonly number[]) => ({ name, type: binding.TF_ATTR_INT, value });
  const text = (name: string, value: string) => ({ name, type: binding.TF_ATTR_STRING, value });
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    text('padding', 'EXPLICIT'),
    text('data_format', 'NHWC'),
    ints('explicit_paddings', [0, 0, top, bottom, left, right, 0, 0]),
    ints('strides', [1, info.strideHeight, info.strideWidth, 1]),
    ints('dilations', [1, info.dilationHeight, info.dilationWidth, 1]),
  ];
}
