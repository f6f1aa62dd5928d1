import type { Tensor4D } from '@tensorflow/tfjs-core';
import { makeOutput, valuesOf, type WasmKernel } from './kernel';

interface Attributes {
  readonly strides: number | [number, number];
  readonly dilations: number | [number, number];
  readonly pad: 'valid' | 'same' | number | [[number, number], [number, number], [number, number], [number, number]];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: [number, number, number, number];
}

export const depthwiseBackpropFilter: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  make:
    tf =>
    ({ inputs, attrs, backend }) => {
      const x = inputs['x'] as Tensor4D;
      const dy = inputs['dy'] as Tensor4D;
      const { strides, dilations, pad, dimRoundingMode, filterShape } = attrs as unknown as Attributes;
      const info = tf.backend_util.computeConv2DInfo(
        x.shape,
        filterShape,
        strides,
        dilations,
        pad,
        dimRoundingMode,
        true,
      );
      const out = makeOutput(backend, filterShape);
      const [X, D, W] = [valuesOf(backend, x), valuesOf(backend, dy), valuesOf(backend, out)];
      const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
      const multiplier = outChannels / inChannels;
      const sums = new Float64Array(W.length);
      for (let n = 0; n < batchSize; n++) {
        for (let oh = 0; oh < outHeight; oh++) {
          for (let ow = 0; ow < outWidth; ow++) {
            const at = ((n * outHeight + oh) * outWidth + ow) * outChannels;
            for (let a = 0; a < info.filterHeight; a++) {
              const ih = oh * info.strideHeight + a * info.dilationHeight - padInfo.top;
              if (ih < 0 || ih >= inHeight) continue;
              for (let b = 0; b < info.filterWidth; b++) {
                const iw = ow * info.strideWidth + b * info.dilationWidth - padInfo.left;
                if (iw < 0 || iw >= inWidth) continue;
                const from = ((n * inHeight + ih) * inWidth + iw) * inChannels;
                const to = (a * info.filterWidth + b) * outChannels;
                for (let c = 0; c < outChannels; c++) {
                  sums[to + c]! += X[from + Math.floor(c / multiplier)]! * D[at + c]!;
                }
              }
            }
          }
        }
      }
      W.set(sums);
      return out;
    },
};
