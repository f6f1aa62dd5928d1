import type { Tensor4D } from '@tensorflow/tfjs-core';
import { makeOutput, valuesOf, type WasmKernel } from './kernel';

interface Attributes {
  readonly strides: number | [number, number];
  readonly dilations: number | [number, number];
  readonly pad: 'valid' | 'same' | number | [[number, number], [number, number], [number, number], [number, number]];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape: [number, number, number, number];
}

export const depthwiseBackpropInput: WasmKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  make:
    tf =>
    ({ inputs, attrs, backend }) => {
      const dy = inputs['dy'] as Tensor4D;
      const filter = inputs['filter'] as Tensor4D;
      const { strides, dilations, pad, dimRoundingMode, inputShape } = attrs as unknown as Attributes;
      const info = tf.backend_util.computeConv2DInfo(
        inputShape,
        filter.shape,
        strides,
        dilations,
        pad,
        dimRoundingMode,
        true,
      );
      const out = makeOutput(backend, inputShape);
      const [X, D, W] = [valuesOf(backend, out), valuesOf(backend, dy), valuesOf(backend, filter)];
      const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
      const multiplier = outChannels / inChannels;
      X.fill(0);
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
                  X[from + Math.floor(c / multiplier)]! += W[to + c]! * D[at + c]!;
                }
              }
            }
          }
        }
      }
      return out;
    },
};
