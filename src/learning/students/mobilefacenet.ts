import type { Backbone, Layer } from '../networks/layer';
import { convolution, linearConvolution } from './blocks';

/**
 * MobileFaceNet (Chen et al. 2018) with the global depthwise convolution of insightface's `mbf`, at the widths of the paper
 * (64, 128 and 512 channels), which is what the published code of arXiv 2408.17399 calls `mobilenet`.
 */
export const mobilefacenet: Backbone = {
  name: 'mobilefacenet',
  inputSize: 112,
  embeddingSize: 512,
  initialisation: {
    convolutions: 'he-fan-out',
    dense: 'he-fan-out',
    source: 'the code of arXiv 2408.17399, backbones/mobilefacenet.py; the same in insightface, arcface_torch',
  },
  layers: [
    ...convolution('stem', 64, { kernel: 3, stride: 2 }),
    ...convolution('stem/depthwise', 64, { kernel: 3, groups: 64 }),
    ...bottleneck('down1', { hidden: 128, filters: 64, stride: 2 }),
    ...repeated('stage1', 4, { hidden: 128, filters: 64 }),
    ...bottleneck('down2', { hidden: 256, filters: 128, stride: 2 }),
    ...repeated('stage2', 6, { hidden: 256, filters: 128 }),
    ...bottleneck('down3', { hidden: 512, filters: 128, stride: 2 }),
    ...repeated('stage3', 2, { hidden: 256, filters: 128 }),
    ...convolution('head', 512, { kernel: 1 }),
    { op: 'conv', name: 'global/conv', filters: 512, kernel: 7, stride: 1, pad: 0, groups: 512 },
    { op: 'batch-norm', name: 'global/bn' },
    { op: 'flatten', name: 'flatten' },
    { op: 'dense', name: 'embedding', units: 512, bias: false },
    { op: 'batch-norm', name: 'embedding/bn' },
  ],
};

interface Widths {
  readonly hidden: number;
  readonly filters: number;
  readonly stride?: number;
}

/** Expands to `hidden` channels, filters each on its own, and projects linearly to `filters`. */
function bottleneck(name: string, { hidden, filters, stride = 1 }: Widths): readonly Layer[] {
  return [
    ...convolution(`${name}/expand`, hidden, { kernel: 1 }),
    ...convolution(`${name}/depthwise`, hidden, { kernel: 3, stride, groups: hidden }),
    ...linearConvolution(`${name}/project`, filters, { kernel: 1 }),
  ];
}

function repeated(name: string, times: number, widths: Widths): readonly Layer[] {
  return Array.from({ length: times }, (_, i) => {
    const block = `${name}/${i + 1}`;
    return { op: 'residual', name: block, body: bottleneck(block, widths), shortcut: [] };
  });
}
