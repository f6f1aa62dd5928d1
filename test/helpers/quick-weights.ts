import { parametersOf, sizeOf, type Backbone, type Weights } from '../../src/learning/networks';
import { normal } from './engines';

/**
 * Weights of a trained network's size without a draw for each: one prime number of normal draws over and over, with kernels of
 * variance 1 / fan-in and normalisations a little off 1, 0, 0, 1. Drawing 44 million would take jest minutes.
 */
export function quickWeights(backbone: Backbone): Weights {
  const draws = normal([4099], 'quick');
  let next = 0;
  return new Map(
    parametersOf(backbone).map(({ name, shape, role }) => {
      const values = new Float32Array(sizeOf(shape));
      const [middle, spread] = role === 'kernel' ? [0, 1 / Math.sqrt(fanIn(shape))] : AROUND[role];
      for (let i = 0; i < values.length; i++) {
        values[i] = middle + spread * draws[next]!;
        next = next === 4098 ? 0 : next + 1;
      }
      return [name, { shape, values }] as const;
    }),
  );
}

const AROUND = {
  bias: [0, 0.1],
  gamma: [1, 0.1],
  beta: [0, 0.1],
  mean: [0, 0.1],
  variance: [1, 0.1],
  slope: [0.25, 0.05],
} as const;

/** Values that one output is made of; a depthwise kernel [k, k, channels, 1] has one channel per output. */
function fanIn(kernel: readonly number[]): number {
  if (kernel.length === 2) return kernel[0]!;
  return kernel[0]! * kernel[1]! * (kernel[3] === 1 ? 1 : kernel[2]!);
}
