import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { insideOutputs, type Convolution } from './convolution';
import { makeOutput, valuesOf } from './kernel';

/**
 * What the taps [from, to) of a filter see, with zeros outside the image: [taps * in, N * H' * W'] from an image [in, N * H * W].
 * Transposed, because the wasm matrix product is ten times slower with transposeA.
 */
export function transposedPatches(
  tf: Tf,
  image: Tensor2D,
  convolution: Convolution,
  from: number,
  to: number,
): Tensor2D {
  const { batch, inChannels, rows, columns } = convolution;
  const backend = tf.backend();
  const planes = inChannels * batch;
  const patches = makeOutput(backend, [(to - from) * inChannels, batch * rows.output * columns.output]);
  const source = valuesOf(backend, image);
  const target = valuesOf(backend, patches);
  const { input: width, output: outWidth, stride } = columns;
  let line = 0;
  for (let tap = from; tap < to; tap++) {
    const tapRow = Math.floor(tap / columns.taps);
    const tapColumn = tap % columns.taps;
    const [left, right] = insideOutputs(columns, tapColumn);
    for (let plane = 0; plane < planes; plane++) {
      for (let outRow = 0; outRow < rows.output; outRow++, line += outWidth) {
        const row = outRow * rows.stride + tapRow - rows.before;
        if (row < 0 || row >= rows.input) {
          target.fill(0, line, line + outWidth);
          continue;
        }
        const start = (plane * rows.input + row) * width + tapColumn - columns.before;
        for (let i = 0; i < left; i++) target[line + i] = 0;
        for (let i = left; i < right; i++) target[line + i] = source[start + i * stride]!;
        for (let i = right; i < outWidth; i++) target[line + i] = 0;
      }
    }
  }
  return tf.engine().makeTensorFromTensorInfo(patches) as Tensor2D;
}
