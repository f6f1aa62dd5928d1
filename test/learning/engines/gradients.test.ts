import { describe, expect, test } from '@jest/globals';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { expectClose, normal, on, relativeDifference } from '../../helpers/engines';
import { TEST_ENGINES } from '../../helpers/usable-engines';

type Op = (tf: Tf, x: Tensor) => Tensor;
const SHAPE = [2, 3, 4];

/** Away from the kinks and poles of what follows. */
const ofAnySign = normal(SHAPE).map(value => value + 0.2 * Math.sign(value));
const positive = ofAnySign.map(value => 0.3 + Math.abs(value));
const insideOne = ofAnySign.map(value => Math.tanh(value) * 0.8);
const other = (tf: Tf, shape: number[] = SHAPE): Tensor =>
  tf.tensor(
    normal(shape, 'other').map(value => 2 + Math.abs(value)),
    shape,
  );
const filter = (tf: Tf, shape: [number, number, number, number]): Tensor4D =>
  tf.tensor4d(normal(shape, 'filter'), shape);
const image = (tf: Tf, x: Tensor): Tensor4D => tf.reshape<Rank.R4>(x, [1, 3, 4, 2]);

const OPS: readonly (readonly [string, Float32Array, Op])[] = [
  ['abs', ofAnySign, (tf, x) => tf.abs(x)],
  ['acos', insideOne, (tf, x) => tf.acos(x)],
  ['asin', insideOne, (tf, x) => tf.asin(x)],
  ['cast', ofAnySign, (tf, x) => tf.cast(x, 'float32')],
  ['clipByValue', ofAnySign, (tf, x) => tf.clipByValue(x, -0.7, 0.7)],
  ['clone', ofAnySign, (tf, x) => tf.clone(x)],
  ['cos', ofAnySign, (tf, x) => tf.cos(x)],
  ['exp', ofAnySign, (tf, x) => tf.exp(x)],
  ['log', positive, (tf, x) => tf.log(x)],
  ['log1p', positive, (tf, x) => tf.log1p(x)],
  ['neg', ofAnySign, (tf, x) => tf.neg(x)],
  ['reciprocal', positive, (tf, x) => tf.reciprocal(x)],
  ['rsqrt', positive, (tf, x) => tf.rsqrt(x)],
  ['sigmoid', ofAnySign, (tf, x) => tf.sigmoid(x)],
  ['sin', ofAnySign, (tf, x) => tf.sin(x)],
  ['softplus', ofAnySign, (tf, x) => tf.softplus(x)],
  ['sqrt', positive, (tf, x) => tf.sqrt(x)],
  ['square', ofAnySign, (tf, x) => tf.square(x)],
  ['tanh', ofAnySign, (tf, x) => tf.tanh(x)],
  ['add', ofAnySign, (tf, x) => tf.add(x, other(tf))],
  ['add with broadcasting', ofAnySign, (tf, x) => tf.add(tf.slice(x, [0, 0, 0], [1, 3, 1]), other(tf))],
  ['addN', ofAnySign, (tf, x) => tf.addN([x, x, other(tf)])],
  ['sub', ofAnySign, (tf, x) => tf.sub(tf.sub(1, x), x)],
  ['mul', ofAnySign, (tf, x) => tf.mul(tf.mul(x, other(tf)), x)],
  ['mul with broadcasting', ofAnySign, (tf, x) => tf.mul(other(tf, [4, 2, 3, 4]), x)],
  ['div, above', ofAnySign, (tf, x) => tf.div(x, other(tf))],
  ['div, below', positive, (tf, x) => tf.div(other(tf, [4]), x)],
  ['pow, base', positive, (tf, x) => tf.pow(x, tf.scalar(2.5))],
  ['pow, exponent', positive, (tf, x) => tf.pow(other(tf), x)],
  ['squaredDifference', ofAnySign, (tf, x) => tf.squaredDifference(x, other(tf))],
  ['maximum', ofAnySign, (tf, x) => tf.maximum(x, tf.scalar(0))],
  ['minimum', ofAnySign, (tf, x) => tf.minimum(tf.scalar(0), x)],
  ['relu', ofAnySign, (tf, x) => tf.relu(x)],
  ['relu6', ofAnySign, (tf, x) => tf.relu6(tf.mul(x, 4))],
  ['leakyRelu', ofAnySign, (tf, x) => tf.leakyRelu(x, 0.3)],
  ['elu', ofAnySign, (tf, x) => tf.elu(x)],
  ['prelu, x', ofAnySign, (tf, x) => tf.prelu(x, tf.tensor1d([0.1, 0.2, -0.3, 0.4]))],
  ['prelu, alpha', ofAnySign, (tf, x) => tf.prelu(tf.tensor(ofAnySign, SHAPE), tf.slice(x, [0, 0, 0], [1, 1, 4]))],
  ['softmax', ofAnySign, (tf, x) => tf.softmax(x)],
  ['logSoftmax', ofAnySign, (tf, x) => tf.logSoftmax(x)],
  ['sum', ofAnySign, (tf, x) => tf.sum(x, [0, 2])],
  ['sum, keeping axes', ofAnySign, (tf, x) => tf.sum(tf.square(x), [0, 1], true)],
  ['mean', ofAnySign, (tf, x) => tf.mean(tf.square(x), -1)],
  ['max', ofAnySign, (tf, x) => tf.max(x, 1)],
  ['min', ofAnySign, (tf, x) => tf.min(x, [0, 2], true)],
  ['moments', ofAnySign, (tf, x) => tf.moments(x, [0, 1]).variance],
  ['reshape', ofAnySign, (tf, x) => tf.reshape(x, [6, 4])],
  ['expandDims', ofAnySign, (tf, x) => tf.expandDims(x, 1)],
  ['transpose', ofAnySign, (tf, x) => tf.transpose(x, [2, 0, 1])],
  ['reverse', ofAnySign, (tf, x) => tf.reverse(x, [0, 2])],
  [
    'pad',
    ofAnySign,
    (tf, x) =>
      tf.square(
        tf.pad(x, [
          [1, 0],
          [0, 2],
          [1, 1],
        ]),
      ),
  ],
  ['slice', ofAnySign, (tf, x) => tf.slice(x, [0, 1, 2], [2, 2, -1])],
  ['tile', ofAnySign, (tf, x) => tf.tile(x, [2, 1, 3])],
  ['concat', ofAnySign, (tf, x) => tf.concat([x, other(tf, [2, 1, 4]), tf.square(x)], 1)],
  ['split', ofAnySign, (tf, x) => tf.mul(...(tf.split(x, 2, 2) as [Tensor, Tensor]))],
  ['stack', ofAnySign, (tf, x) => tf.stack([x, tf.square(x)], 1)],
  ['unstack', ofAnySign, (tf, x) => tf.addN(tf.unstack(tf.square(x), 1))],
  ['gather', ofAnySign, (tf, x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1)],
  [
    'gather, first axis, matrix of indices',
    ofAnySign,
    (tf, x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [1, 0],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
      ),
  ],
  ['matMul, left', ofAnySign, (tf, x) => tf.matMul(tf.reshape(x, [6, 4]), other(tf, [4, 5]))],
  ['matMul, left transposed', ofAnySign, (tf, x) => tf.matMul(tf.reshape(x, [6, 4]), other(tf, [6, 5]), true)],
  ['matMul, right', ofAnySign, (tf, x) => tf.matMul(other(tf, [5, 6]), tf.reshape(x, [6, 4]))],
  ['matMul, right transposed', ofAnySign, (tf, x) => tf.matMul(other(tf, [5, 4]), tf.reshape(x, [6, 4]), false, true)],
  [
    'matMul, both transposed',
    ofAnySign,
    (tf, x) => tf.matMul(tf.reshape(x, [6, 4]), tf.reshape(x, [4, 6]), true, true),
  ],
  ['conv2d, x', ofAnySign, (tf, x) => tf.conv2d(image(tf, x), filter(tf, [3, 3, 2, 5]), 2, 1)],
  [
    'conv2d, filter',
    ofAnySign,
    (tf, x) => tf.conv2d(filter(tf, [2, 5, 6, 2]), tf.reshape<Rank.R4>(x, [2, 3, 2, 2]), 1, 'same'),
  ],
  ['depthwiseConv2d, x', ofAnySign, (tf, x) => tf.depthwiseConv2d(image(tf, x), filter(tf, [3, 3, 2, 1]), 2, 1)],
  [
    'depthwiseConv2d, filter',
    ofAnySign,
    (tf, x) => tf.depthwiseConv2d(filter(tf, [2, 5, 6, 8]), tf.reshape<Rank.R4>(x, [1, 3, 8, 1]), 1, 'same'),
  ],
  ['maxPool', ofAnySign, (tf, x) => tf.maxPool(image(tf, x), 2, 1, 'valid')],
  ['avgPool', ofAnySign, (tf, x) => tf.avgPool(image(tf, x), 2, 1, 'valid')],
];

/** Steps that float32 neither rounds away nor bends over. */
const STEP = 1e-2;

describe('gradients after startEngine()', () => {
  test.each(OPS)('the gradient of %s is its finite difference', async (_, at, op) => {
    const tf = await startEngine('cpu');
    const value = (x: Tensor): Tensor => {
      const y = op(tf, x);
      // Weights make every output count differently.
      return tf.sum(tf.mul(y, tf.tensor(normal(y.shape, 'weights'), y.shape)));
    };
    const at64 = (x: Float32Array): number => tf.tidy(() => value(tf.tensor(x, SHAPE)).dataSync()[0]!);
    const found = tf.tidy(() => tf.grad(value)(tf.tensor(at, SHAPE)).dataSync());
    const wanted = at.map((_, i) => {
      const moved = (by: number): number => at64(at.map((v, j) => (j === i ? v + by : v)));
      return (moved(STEP) - moved(-STEP)) / (2 * STEP);
    });
    expect(relativeDifference(found, wanted)).toBeLessThan(5e-3);
  });

  for (const engine of TEST_ENGINES.filter(name => name !== 'cpu')) {
    test.each(OPS)(`the gradient of %s is the same on ${engine}`, async (_, at, op) => {
      const gradient = (tf: Tf): Tensor => {
        const f = (x: Tensor): Tensor => tf.sum(tf.square(op(tf, x)));
        return tf.grad(f)(tf.tensor(at, SHAPE));
      };
      expectClose(await on(engine, gradient), await on('cpu', gradient), 1e-4);
    });
  }

  test('kernels that are flat pass no gradient on', async () => {
    const tf = await startEngine('cpu');
    const x = tf.tensor1d([-1.2, 0.3, 2.6]);
    for (const op of [tf.ceil, tf.floor, tf.round, tf.sign, tf.step, tf.zerosLike, tf.onesLike]) {
      expect(
        [
          ...tf
            .grad(y => tf.sum<Tensor>(op<Tensor>(y)))(x)
            .dataSync(),
        ].map(Math.abs),
      ).toEqual([0, 0, 0]);
    }
  });
});

test('a training step leaves no tensor behind and needs no more memory', async () => {
  const tf = await startEngine('wasm');
  const [x, w, d, m] = [
    tf.tensor4d(normal([4, 12, 12, 3]), [4, 12, 12, 3]),
    tf.tensor4d(normal([3, 3, 3, 8]), [3, 3, 3, 8]),
    tf.tensor4d(normal([3, 3, 8, 1]), [3, 3, 8, 1]),
    tf.tensor2d(normal([288, 5]), [288, 5]),
  ];
  const loss = (w: Tensor, d: Tensor, m: Tensor): Tensor => {
    const y = tf.depthwiseConv2d(tf.conv2d(x, w as Tensor4D, 2, 1), d as Tensor4D, 1, 1);
    return tf.sum(tf.square(tf.matMul(tf.reshape(tf.leakyRelu(y, 0.1), [4, 288]), m)));
  };
  const heap = (): number =>
    (tf.engine().backend as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
  const step = (): void => tf.dispose(tf.tidy(() => tf.grads(loss)([w, d, m])));
  for (let i = 0; i < 20; i++) step();
  const before = [tf.memory().numTensors, tf.engine().backend.numDataIds(), heap()];
  for (let i = 0; i < 200; i++) step();
  expect([tf.memory().numTensors, tf.engine().backend.numDataIds(), heap()]).toEqual(before);
});
