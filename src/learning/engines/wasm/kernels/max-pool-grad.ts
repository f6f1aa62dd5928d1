import { as4D } from './convolution';
import { makeOutput, valuesOf, type WasmKernel } from './kernel';

interface Attributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Gives each dy to the first largest input of its window. The kernel of the package drops it where all inputs of a window are
 * negative: it looks for the largest beginning from the smallest positive number.
 */
export const maxPoolGrad: WasmKernel = {
  kernelName: 'MaxPoolGrad',
  make:
    tf =>
    ({ inputs, attrs, backend }) => {
      const input = as4D(inputs['input']);
      const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attributes;
      const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
      const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels, padInfo } = info;
      const out = makeOutput(backend, input.shape);
      const [x, dy] = [valuesOf(backend, input), valuesOf(backend, inputs['dy']!)];
      const dx = valuesOf(backend, out).fill(0);
      let output = 0;
      for (let n = 0; n < batchSize; n++) {
        for (let outRow = 0; outRow < outHeight; outRow++) {
          const top = outRow * info.strideHeight - padInfo.top;
          const [row0, row1] = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)];
          for (let outColumn = 0; outColumn < outWidth; outColumn++) {
            const left = outColumn * info.strideWidth - padInfo.left;
            const [column0, column1] = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)];
            for (let c = 0; c < inChannels; c++, output++) {
              let largest = ((n * inHeight + row0) * inWidth + column0) * inChannels + c;
              for (let row = row0; row < row1; row++) {
                for (let column = column0; column < column1; column++) {
                  const at = ((n * inHeight + row) * inWidth + column) * inChannels + c;
                  if (x[at]! > x[largest]!) largest = at;
                }
              }
              dx[largest]! += dy[output]!;
            }
          }
        }
      }
      return out;
    },
};
