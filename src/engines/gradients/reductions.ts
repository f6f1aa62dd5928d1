import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engine';
import { keptShape, ofX, type Gradients } from './gradient';

export const reductionGradients: Gradients = tf => [
  ofX('Sum', 'x', (dy, x, { axis }) => spread(tf, dy, x, axis)),
  ofX('Mean', 'x', (dy, x, { axis }) => spread(tf, tf.mul(dy, dy.size / x.size), x, axis)),
  extreme(tf, 'Max'),
  extreme(tf, 'Min'),
];

/** Repeats the gradient of a reduction over the reduced axes; by addition, because the wasm kernel of tile is 100 times slower. */
function spread(tf: Tf, dy: Tensor, x: Tensor, axis: unknown): Tensor {
  return tf.add(tf.zeros(x.shape), tf.reshape(dy, keptShape(tf, x, axis)));
}

/** Every element that reaches the extreme gets the whole gradient, as in tfjs. */
function extreme(tf: Tf, kernelName: 'Max' | 'Min'): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({
      x: () => {
        const kept = keptShape(tf, x!, attributes[kernelName === 'Max' ? 'reductionIndices' : 'axis']);
        return tf.mul(tf.reshape(dy as Tensor, kept), tf.cast(tf.equal(x!, tf.reshape(y!, kept)), 'float32'));
      },
    }),
  };
}
