import type { Rank, ShapeMap, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../../../../src/learning/engines/engine';
import { normal } from '../../../helpers/engines';

/** Something to compute on two engines, and the function of the addon that must have done it. */
export interface Case {
  readonly title: string;
  readonly by: string;
  readonly compute: (tf: Tf) => Tensor | Tensor[];
}

/** A tensor of N(0, 1), the same on every engine. */
function random<R extends Rank = Rank>(tf: Tf, shape: number[], label = 'x'): Tensor<R> {
  return tf.tensor(normal(shape, label), shape as ShapeMap[R]);
}

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 3e38, -3e38, 1e-40, 90, -90, 104, -104, 0.5, 0.7, 6, 7];

/** Long enough for whole registers, a rest, and the values that are not numbers. */
function special(tf: Tf): Tensor {
  return tf.tensor1d([...SPECIAL, ...normal([19])]);
}

const UNARY: readonly (readonly [string, (tf: Tf, x: Tensor) => Tensor])[] = [
  ['neg', (tf, x) => tf.neg(x)],
  ['abs', (tf, x) => tf.abs(x)],
  ['square', (tf, x) => tf.square(x)],
  ['sqrt', (tf, x) => tf.sqrt(x)],
  ['rsqrt', (tf, x) => tf.rsqrt(x)],
  ['reciprocal', (tf, x) => tf.reciprocal(x)],
  ['exp', (tf, x) => tf.exp(x)],
  ['log', (tf, x) => tf.log(x)],
  ['sigmoid', (tf, x) => tf.sigmoid(x)],
  ['tanh', (tf, x) => tf.tanh(x)],
  ['relu', (tf, x) => tf.relu(x)],
  ['relu6', (tf, x) => tf.relu6(x)],
  ['leakyRelu', (tf, x) => tf.leakyRelu(x, 0.3)],
  ['step', (tf, x) => tf.step(x, 0.25)],
  ['clipByValue', (tf, x) => tf.clipByValue(x, -0.7, 0.9)],
];

export const UNARY_CASES: readonly Case[] = UNARY.flatMap(([name, op]) => [
  { title: `${name} of numbers and of what is none`, by: 'unary', compute: tf => op(tf, special(tf)) },
  { title: `${name} of one element`, by: 'unary', compute: tf => op(tf, tf.scalar(0.3)) },
  { title: `${name} by several threads`, by: 'unary', compute: tf => op(tf, random(tf, [33_003])) },
]);

const BINARY: readonly (readonly [string, (tf: Tf, a: Tensor, b: Tensor) => Tensor])[] = [
  ['add', (tf, a, b) => tf.add(a, b)],
  ['sub', (tf, a, b) => tf.sub(a, b)],
  ['mul', (tf, a, b) => tf.mul(a, b)],
  ['div', (tf, a, b) => tf.div(a, b)],
  ['maximum', (tf, a, b) => tf.maximum(a, b)],
  ['minimum', (tf, a, b) => tf.minimum(a, b)],
  ['squaredDifference', (tf, a, b) => tf.squaredDifference(a, b)],
  ['prelu', (tf, a, b) => tf.prelu(a, b)],
];

const COMPARISONS: typeof BINARY = [
  ['greater', (tf, a, b) => tf.greater(a, b)],
  ['greaterEqual', (tf, a, b) => tf.greaterEqual(a, b)],
  ['less', (tf, a, b) => tf.less(a, b)],
  ['lessEqual', (tf, a, b) => tf.lessEqual(a, b)],
  ['equal', (tf, a, b) => tf.equal(a, b)],
  ['notEqual', (tf, a, b) => tf.notEqual(a, b)],
];

/** The shapes of two operands: equal, scalar, by channel, by row, in the middle, one to many on both sides. */
const BROADCASTS: readonly (readonly [number[], number[]])[] = [
  [
    [2, 3, 5],
    [2, 3, 5],
  ],
  [[7, 19], []],
  [[2, 3, 4, 17], [17]],
  [
    [6, 5],
    [6, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 5],
  ],
  [
    [4, 1, 3],
    [1, 5, 3],
  ],
  [[11_003, 3], [3]],
  [[1], [1]],
];

export const BINARY_CASES: readonly Case[] = [
  ...(
    [...BINARY.map(op => [op, 'binary']), ...COMPARISONS.map(op => [op, 'compare'])] as [
      (typeof BINARY)[number],
      string,
    ][]
  ).flatMap(([[name, op], by]): Case[] => [
    ...BROADCASTS.map(([a, b]) => ({
      title: `${name} of [${a.join(', ')}] and [${b.join(', ')}]`,
      by,
      compute: (tf: Tf) => op(tf, random(tf, a, 'a'), random(tf, b, 'b')),
    })),
    {
      title: `${name} of numbers and of what is none`,
      by,
      compute: tf => {
        const values = special(tf);
        return op(tf, tf.reshape(values, [-1, 1]), tf.reshape(values, [1, -1]));
      },
    },
  ]),
  ...BROADCASTS.slice(1, 6).flatMap(([a, b]): Case[] => [
    { title: `sub from [${b.join(', ')}]`, by: 'binary', compute: tf => tf.sub(random(tf, b, 'b'), random(tf, a)) },
  ]),
  { title: 'addN', by: 'addN', compute: tf => tf.addN(['a', 'b', 'c'].map(label => random(tf, [5, 7], label))) },
  {
    title: 'where',
    by: 'select',
    compute: tf => tf.where(tf.greater(random(tf, [5, 7]), 0), random(tf, [5, 7], 'a'), random(tf, [5, 7], 'b')),
  },
];

const REDUCED: readonly (readonly [number[], number[] | undefined])[] = [
  [[2, 3, 4, 5], undefined],
  [
    [2, 3, 4, 5],
    [0, 1, 2],
  ],
  [[6, 70], [1]],
  [[6, 70], [0]],
  [[3, 4, 5], [1]],
  [
    [3, 4, 5],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [1, 3],
  ],
  [[31, 1100], [0]],
  [[1, 33_001], [1]],
  [[1, 9, 1], [1]],
  [[40, 30, 28], [1]],
];

export const REDUCTION_CASES: readonly Case[] = REDUCED.flatMap(([shape, axes]): Case[] => {
  const title = `[${shape.join(', ')}] over ${axes ? axes.join(' and ') : 'everything'}`;
  const x = (tf: Tf): Tensor => random(tf, shape);
  return [
    { title: `sum of ${title}`, by: 'reduceSum', compute: tf => tf.sum(x(tf), axes) },
    { title: `mean of ${title}, keeping axes`, by: 'reduceSum', compute: tf => tf.mean(x(tf), axes, true) },
    { title: `max of ${title}, keeping axes`, by: 'reduceExtreme', compute: tf => tf.max(x(tf), axes, true) },
    { title: `min of ${title}`, by: 'reduceExtreme', compute: tf => tf.min(x(tf), axes) },
  ];
});

export const NORM_CASES: readonly Case[] = [
  { title: 'softmax', by: 'softmax', compute: tf => tf.softmax(random(tf, [5, 37])) },
  { title: 'softmax of large logits', by: 'softmax', compute: tf => tf.softmax(tf.mul(random(tf, [5, 16]), 1e4)) },
  { title: 'softmax with NaN', by: 'softmax', compute: tf => tf.softmax(tf.tensor2d([1, 2, NaN, 3, 4, 5], [2, 3])) },
  ...[
    [4, 3, 2, 17],
    [1, 1, 1, 1],
    [2, 70, 60, 4],
  ].map((shape): Case => ({
    title: `batchNorm of [${shape.join(', ')}]`,
    by: 'batchNorm',
    compute: tf => {
      const [mean, offset, scale] = ['mean', 'offset', 'scale'].map(label => random<Rank.R1>(tf, [shape[3]!], label));
      const variance = tf.square(random<Rank.R1>(tf, [shape[3]!], 'variance'));
      return tf.batchNorm4d(random<Rank.R4>(tf, shape), mean!, variance, offset, scale, 1e-3);
    },
  })),
  {
    title: 'batchNorm without offset and scale',
    by: 'batchNorm',
    compute: tf => tf.batchNorm4d(random<Rank.R4>(tf, [1, 2, 2, 3]), tf.zeros<Rank.R1>([3]), tf.ones<Rank.R1>([3])),
  },
];

export const MOVE_CASES: readonly Case[] = [
  ...[
    [1, 0, 2, 3],
    [0, 3, 1, 2],
    [0, 2, 3, 1],
    [3, 2, 1, 0],
    [2, 3, 0, 1],
  ].map((perm): Case => ({
    title: `transpose by ${perm.join(', ')}`,
    by: 'copy',
    compute: tf => tf.transpose(random(tf, [2, 35, 37, 5]), perm),
  })),
  { title: 'slice in the middle', by: 'copy', compute: tf => tf.slice(random(tf, [4, 5, 6]), [1, 2, 3], [2, 2, 2]) },
  { title: 'slice of whole rows', by: 'copy', compute: tf => tf.slice(random(tf, [4, 5, 6]), [1], [2]) },
  {
    title: 'pad',
    by: 'copy',
    compute: tf =>
      tf.pad3d(
        random<Rank.R3>(tf, [2, 3, 4]),
        [
          [1, 0],
          [0, 2],
          [3, 1],
        ],
        0.5,
      ),
  },
  ...[0, 1, 2].map((axis): Case => ({
    title: `concat along ${axis}`,
    by: 'copy',
    compute: tf => {
      const shape = (size: number): number[] => [2, 3, 4].map((own, i) => (i === axis ? size : own));
      return tf.concat([random<Rank.R3>(tf, shape(5)), random(tf, shape(1)), random(tf, shape(2))] as Tensor3D[], axis);
    },
  })),
  { title: 'fill', by: 'fill', compute: tf => tf.fill([3, 50], 2.5) },
  { title: 'zerosLike', by: 'fill', compute: tf => tf.zerosLike(random(tf, [3, 50])) },
  { title: 'onesLike', by: 'fill', compute: tf => tf.onesLike(random(tf, [3, 50])) },
  {
    title: 'cast of bool to float32',
    by: 'fromBytes',
    compute: tf => tf.cast(tf.tensor1d([true, false, true], 'bool'), 'float32'),
  },
];

export function image(tf: Tf, shape: [number, number, number, number], label = 'image'): Tensor4D {
  return tf.tensor4d(normal(shape, label), shape);
}
