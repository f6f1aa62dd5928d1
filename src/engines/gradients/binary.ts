import type { Tensor } from '@tensorflow/tfjs-core';
import { ofAAndB, sumToShape, type Gradients } from './gradient';

/** Element-wise functions of two or more tensors, with broadcasting. */
export const binaryGradients: Gradients = tf => {
  const masked = (dy: Tensor, mask: Tensor): Tensor => tf.mul(dy, tf.cast(mask, 'float32'));
  const flat = (dy: Tensor): Tensor => tf.zeros(dy.shape);
  return [
    ofAAndB(
      tf,
      'Add',
      dy => dy,
      dy => dy,
    ),
    ofAAndB(
      tf,
      'Sub',
      dy => dy,
      dy => tf.neg(dy),
    ),
    ofAAndB(
      tf,
      'Multiply',
      (dy, _a, b) => tf.mul(dy, b),
      (dy, a) => tf.mul(dy, a),
    ),
    ofAAndB(
      tf,
      'RealDiv',
      (dy, _a, b) => tf.div(dy, b),
      (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
    ),
    ofAAndB(
      tf,
      'Pow',
      (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
      // The limit for a base of 0; the logarithm of a negative base is not real.
      (dy, a, b) => tf.mul(dy, tf.where(tf.greater(a, 0), tf.mul(tf.pow(a, b), tf.log(a)), tf.zerosLike(dy))),
    ),
    ofAAndB(
      tf,
      'SquaredDifference',
      (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
      (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
    ),
    // A tie goes to a in full, so that the two parts add up to dy.
    ofAAndB(
      tf,
      'Maximum',
      (dy, a, b) => masked(dy, tf.greaterEqual(a, b)),
      (dy, a, b) => masked(dy, tf.less(a, b)),
    ),
    ofAAndB(
      tf,
      'Minimum',
      (dy, a, b) => masked(dy, tf.lessEqual(a, b)),
      (dy, a, b) => masked(dy, tf.greater(a, b)),
    ),
    // Flat almost everywhere; without these, a comparison on the way to `where` would stop differentiation.
    ...['Equal', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'NotEqual'].map(name => ofAAndB(tf, name, flat, flat)),
    {
      kernelName: 'AddN',
      saveAllInputs: true,
      gradFunc: (dy, inputs) => Object.fromEntries(inputs.map((_, i) => [i, () => tf.clone(dy as Tensor)])),
    },
    {
      kernelName: 'Select',
      inputsToSave: ['condition', 't', 'e'],
      gradFunc: (dy, [condition, t, e]) => ({
        condition: () => tf.zerosLike(tf.cast(condition!, 'float32')),
        t: () => sumToShape(tf, masked(dy as Tensor, condition!), t!.shape),
        e: () => sumToShape(tf, masked(dy as Tensor, tf.logicalNot(condition!)), e!.shape),
      }),
    },
  ];
};
