import type { Tensor } from '@tensorflow/tfjs-core';
import { ofX, sumToShape, type Gradients } from './gradient';

export const activationGradients: Gradients = tf => [
  ofX('Relu', 'y', (dy, y) => tf.mul(dy, tf.step(y))),
  ofX('Relu6', 'x', (dy, x) => tf.mul(dy, tf.mul(tf.step(x), tf.step(tf.sub(6, x))))),
  ofX('LeakyRelu', 'x', (dy, x, attributes) => tf.mul(dy, tf.step(x, attributes['alpha'] as number))),
  ofX('Elu', 'y', (dy, y) => tf.mul(dy, tf.minimum(tf.add(y, 1), 1))),
  {
    kernelName: 'Prelu',
    inputsToSave: ['x', 'alpha'],
    gradFunc: (dy, [x, alpha]) => {
      const positive = tf.step(x!);
      return {
        x: () => tf.mul(dy as Tensor, tf.add(positive, tf.mul(tf.sub(1, positive), alpha!))),
        // min(x, 0) by relu: the wasm kernel of minimum takes ten times longer.
        alpha: () => sumToShape(tf, tf.mul(dy as Tensor, tf.neg(tf.relu(tf.neg(x!)))), alpha!.shape),
      };
    },
  },
  {
    kernelName: 'Softmax',
    outputsToSave: [true],
    gradFunc: (dy, [y], attributes) => ({
      logits: () => {
        const weighted = tf.mul(dy as Tensor, y!);
        return tf.sub(weighted, tf.mul(tf.sum(weighted, attributes['dim'] as number, true), y!));
      },
    }),
  },
  {
    kernelName: 'LogSoftmax',
    outputsToSave: [true],
    gradFunc: (dy, [y], attributes) => ({
      logits: () => tf.sub(dy as Tensor, tf.mul(tf.sum(dy as Tensor, attributes['axis'] as number, true), tf.exp(y!))),
    }),
  },
];
