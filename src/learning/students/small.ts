import { HE_FAN_OUT } from '../networks/first-weights';
import type { Backbone, Layer } from '../networks/layer';
import { convolution } from './blocks';

/** The teacher for the built-in faces: `tiny` with a residual block after each of its last two convolutions. */
export const small: Backbone = {
  name: 'small',
  inputSize: 112,
  embeddingSize: 512,
  // Ours, and published nowhere: that of the published student that is trained like it, MobileFaceNet.
  initialisation: HE_FAN_OUT,
  layers: [
    ...convolution('patches', 24, { kernel: 4, stride: 4 }),
    ...convolution('conv2', 48, { kernel: 3, stride: 2 }),
    residual('block2', 48),
    ...convolution('conv3', 64, { kernel: 3, stride: 2 }),
    residual('block3', 64),
    { op: 'flatten', name: 'flatten' },
    { op: 'dense', name: 'embedding', units: 512, bias: false },
    { op: 'batch-norm', name: 'embedding/bn' },
  ],
};

function residual(name: string, width: number): Layer {
  return { op: 'residual', name, body: convolution(name, width, { kernel: 3 }), shortcut: [] };
}
