import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { UserError } from '../../errors';
import type { Tf } from '../engine';
import { ofX, sumToShape, type Gradients } from './gradient';

/** Matrix products, convolutions, pooling and batch normalisation with given statistics. */
export const productGradients: Gradients = tf => [
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b], attributes) => {
      const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
      const d = dy as Tensor;
      // With A = op(a) and B = op(b): dA = dy Bᵀ and dB = Aᵀ dy, transposed once more where op is.
      const da = transposeA ? tf.matMul(b!, d, transposeB, true) : tf.matMul(d, b!, false, !transposeB);
      const db = transposeB ? tf.matMul(d, a!, true, transposeA) : tf.matMul(a!, d, !transposeA, false);
      return { a: () => sumToShape(tf, da, a!.shape), b: () => sumToShape(tf, db, b!.shape) };
    },
  },
  {
    kernelName: 'Conv2D',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, [x, filter], attributes) => {
      refuseDilation('conv2d', attributes);
      const run = (name: string, inputs: NamedTensorMap, shape: NamedAttrMap): Tensor =>
        runKernel(tf, name, inputs, { ...attributes, ...shape });
      return {
        x: () => run('Conv2DBackpropInput', { dy: dy as Tensor, filter: filter! }, { inputShape: x!.shape }),
        filter: () => run('Conv2DBackpropFilter', { x: x!, dy: dy as Tensor }, { filterShape: filter!.shape }),
      };
    },
  },
  {
    kernelName: 'DepthwiseConv2dNative',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, [x, filter], attributes) => {
      refuseDilation('depthwiseConv2d', attributes);
      const run = (name: string, inputs: NamedTensorMap, shape: NamedAttrMap): Tensor =>
        runKernel(tf, `DepthwiseConv2dNativeBackprop${name}`, inputs, { ...attributes, ...shape });
      return {
        x: () => run('Input', { dy: dy as Tensor, filter: filter! }, { inputShape: x!.shape }),
        filter: () => run('Filter', { x: x!, dy: dy as Tensor }, { filterShape: filter!.shape }),
      };
    },
  },
  {
    kernelName: 'MaxPool',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({
      x: () => runKernel(tf, 'MaxPoolGrad', { dy: dy as Tensor, input: x!, output: y! }, attributes),
    }),
  },
  ofX('AvgPool', 'x', (dy, x, attributes) => runKernel(tf, 'AvgPoolGrad', { dy, input: x }, attributes)),
];

function refuseDilation(op: string, { dilations }: NamedAttrMap): void {
  if ([dilations].flat().every(dilation => dilation === 1 || dilation === undefined)) return;
  throw new UserError(`Differentiate ${op}: dilations ${JSON.stringify(dilations)} found; only 1 has a gradient`, {
    code: 'no-gradient',
  });
}

function runKernel(tf: Tf, name: string, inputs: NamedTensorMap, attributes: NamedAttrMap): Tensor {
  return tf.engine().runKernel(name, inputs, attributes);
}
