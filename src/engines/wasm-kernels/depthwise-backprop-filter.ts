import { as4D, convolutionOf, insideOutputs, type Axis, type ConvolutionAttributes } from './convolution';
import { addOneTap, addThreeTaps, type PixelRun } from './depthwise-taps';
import { onlyPlainDepthwise } from './depthwise-limits';
import { makeOutput, valuesOf, type WasmKernel } from './kernel';

/** dW [kh, kw, in, 1]: per tap and channel, the sum over outputs of x under the tap times dy. Sums in double precision. */
export const depthwiseBackpropFilter: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  make:
    tf =>
    ({ inputs, attrs, backend }) => {
      const x = as4D(inputs['x']);
      const dy = as4D(inputs['dy']);
      const attributes = attrs as unknown as ConvolutionAttributes & { filterShape: number[] };
      const convolution = convolutionOf(tf, x.shape, attributes.filterShape, attributes, true);
      onlyPlainDepthwise(convolution);
      const { batch, inChannels: channels, rows, columns } = convolution;
      const out = makeOutput(backend, attributes.filterShape);
      const run = {
        image: valuesOf(backend, x),
        gradient: valuesOf(backend, dy),
        channels,
        step: columns.stride * channels,
      };
      const sums = new Float64Array(rows.taps * columns.taps * channels);
      for (let n = 0; n < batch; n++) {
        for (let tapRow = 0; tapRow < rows.taps; tapRow++) {
          const tapSums = sums.subarray(tapRow * columns.taps * channels, (tapRow + 1) * columns.taps * channels);
          const [top, bottom] = insideOutputs(rows, tapRow);
          for (let outRow = top; outRow < bottom; outRow++) {
            const row = n * rows.input + outRow * rows.stride + tapRow - rows.before;
            addRow(run, columns, row * columns.input, (n * rows.output + outRow) * columns.output, tapSums);
          }
        }
      }
      valuesOf(backend, out).set(sums);
      return out;
    },
};

/** Adds one row of outputs to the sums [taps, channels] of one row of taps; `imagePixel` and `gradientPixel` begin the rows. */
function addRow(run: PixelRun, columns: Axis, imagePixel: number, gradientPixel: number, sums: Float64Array): void {
  const add = (by: typeof addOneTap, tap: number, from: number, to: number): void => {
    if (to <= from) return;
    const imageAt = (imagePixel + from * columns.stride + tap - columns.before) * run.channels;
    by(run, imageAt, (gradientPixel + from) * run.channels, to - from, sums, tap * run.channels);
  };
  const inside = Array.from({ length: columns.taps }, (_, tap) => insideOutputs(columns, tap));
  const from = Math.max(...inside.map(([left]) => left));
  const to = Math.min(...inside.map(([, right]) => right));
  const together = columns.taps === 3 && from < to;
  if (together) add(addThreeTaps, 0, from, to);
  for (const [tap, [left, right]] of inside.entries()) {
    add(addOneTap, tap, left, together ? from : right);
    if (together) add(addOneTap, tap, to, right);
  }
}
