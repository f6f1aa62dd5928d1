import type { Backbone, Layer } from '../networks/layer';
import { convolution } from './blocks';

/** The teacher for the built-in faces: `tiny` with a residual block after each of its last three convolutions. */
export const small: Backbone = {
  name: 'small',
  summary: 'four convolutions and three residual blocks, the teacher for the built-in faces',
  inputSize: 112,
  embeddingSize: 512,
  layers: [
    ...convolution('conv1', 16, { kernel: 3, stride: 2 }),
    ...convolution('conv2', 32, { kernel: 3, stride: 2 }),
    residual('block2', 32),
    ...convolution('conv3', 64, { kernel: 3, stride: 2 }),
    residual('block3', 64),
    ...convolution('conv4', 128, { kernel: 3, stride: 2 }),
    residual('block4', 128),
    { op: 'flatten', name: 'flatten' },
    { op: 'dense', name: 'embedding', units: 512, bias: false },
    { op: 'batch-norm', name: 'embedding/bn' },
  ],
};

function residual(name: string, width: number): Layer {
  return { op: 'residual', name, body: convolution(name, width, { kernel: 3 }), shortcut: [] };
}
