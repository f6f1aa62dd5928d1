import type { Tensor } from '@tensorflow/tfjs-core';
import { ofX, type Gradients } from './gradient';

/** Element-wise functions of one tensor. */
export const unaryGradients: Gradients = tf => {
  const oneMinusSquare = (x: Tensor): Tensor => tf.sub(1, tf.square(x));
  return [
    ofX('Abs', 'x', (dy, x) => tf.mul(dy, tf.sign(x))),
    ofX('Acos', 'x', (dy, x) => tf.neg(tf.div(dy, tf.sqrt(oneMinusSquare(x))))),
    ofX('Asin', 'x', (dy, x) => tf.div(dy, tf.sqrt(oneMinusSquare(x)))),
    ofX('Cast', 'nothing', dy => tf.cast(dy, 'float32')),
    ofX('ClipByValue', 'x', (dy, x, attributes) => {
      const { clipValueMin, clipValueMax } = attributes as { clipValueMin: number; clipValueMax: number };
      const inside = tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax));
      return tf.mul(dy, tf.cast(inside, 'float32'));
    }),
    ofX('Cos', 'x', (dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
    ofX('Exp', 'y', (dy, y) => tf.mul(dy, y)),
    ofX('Identity', 'nothing', dy => tf.clone(dy)),
    ofX('Log', 'x', (dy, x) => tf.div(dy, x)),
    ofX('Log1p', 'x', (dy, x) => tf.div(dy, tf.add(x, 1))),
    ofX('Neg', 'nothing', dy => tf.neg(dy)),
    ofX('Reciprocal', 'y', (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
    ofX('Rsqrt', 'y', (dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(tf.square(y), y)))),
    ofX('Sin', 'x', (dy, x) => tf.mul(dy, tf.cos(x))),
    ofX('Softplus', 'x', (dy, x) => tf.mul(dy, tf.sigmoid(x))),
    ofX('Sqrt', 'y', (dy, y) => tf.div(dy, tf.mul(2, y))),
    ofX('Square', 'x', (dy, x) => tf.mul(dy, tf.mul(2, x))),
    ofX('Tanh', 'y', (dy, y) => tf.mul(dy, oneMinusSquare(y))),
    ofX('Sigmoid', 'y', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
    ...['Ceil', 'Floor', 'OnesLike', 'Round', 'Sign', 'Step', 'ZerosLike'].map(name =>
      ofX(name, 'nothing', dy => tf.zerosLike(dy)),
    ),
  ];
};
