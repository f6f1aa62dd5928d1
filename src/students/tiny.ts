import type { Backbone } from '../networks/layer';
import { convolution } from './blocks';

/** The student for the built-in faces: small enough that one core without a native engine trains it in about a minute. */
export const tiny: Backbone = {
  name: 'tiny',
  summary: 'four convolutions for the built-in faces',
  inputSize: 112,
  embeddingSize: 512,
  layers: [
    ...convolution('conv1', 16, { kernel: 3, stride: 2 }),
    ...convolution('conv2', 32, { kernel: 3, stride: 2 }),
    ...convolution('conv3', 64, { kernel: 3, stride: 2 }),
    ...convolution('conv4', 96, { kernel: 3, stride: 2 }),
    { op: 'flatten', name: 'flatten' },
    { op: 'dense', name: 'embedding', units: 512, bias: false },
    { op: 'batch-norm', name: 'embedding/bn' },
  ],
};
