import { HE_FAN_OUT } from '../networks/first-weights';
import type { Backbone } from '../networks/layer';
import { convolution } from './blocks';

/** The student for the built-in faces: small enough that one core without a native engine trains it in about a minute. */
export const tiny: Backbone = {
  name: 'tiny',
  inputSize: 112,
  embeddingSize: 512,
  // Ours, and published nowhere: that of the published student that is trained like it, MobileFaceNet.
  initialisation: HE_FAN_OUT,
  layers: [
    // Patches first: at 28 x 28 the following layers cost a quarter of their cost at 56 x 56.
    ...convolution('patches', 24, { kernel: 4, stride: 4 }),
    ...convolution('conv2', 48, { kernel: 3, stride: 2 }),
    ...convolution('conv3', 64, { kernel: 3, stride: 2 }),
    { op: 'flatten', name: 'flatten' },
    { op: 'dense', name: 'embedding', units: 512, bias: false },
    { op: 'batch-norm', name: 'embedding/bn' },
  ],
};
