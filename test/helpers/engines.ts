import { expect } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/learning/engines/start-engine';
import type { EngineName } from '../../src/learning/engines';
import type { Tf } from '../../src/learning/engines/engine';
import { seededRandom } from '../../src/kit/math/random';

/** Values from N(0, 1), the same for the same label and shape. */
export function normal(shape: readonly number[], label = 'x'): Float32Array {
  const random = seededRandom(1, label, ...shape);
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, () => random.normal());
}

/** What `compute` gives on an engine: shape and values of its tensors. Its tensors are disposed. */
export async function on(engine: EngineName, compute: (tf: Tf) => Tensor | Tensor[]): Promise<Computed[]> {
  const tf = await startEngine(engine);
  const tensors = tf.tidy(() => [compute(tf)].flat());
  const computed = tensors.map(tensor => ({ shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) }));
  tf.dispose(tensors);
  return computed;
}

export interface Computed {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Equal shapes, and no difference larger than `tolerance` of the largest value. */
export function expectClose(found: readonly Computed[], wanted: readonly Computed[], tolerance = 1e-5): void {
  expect(found.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  for (const [i, { values }] of found.entries())
    expect(relativeDifference(values, wanted[i]!.values)).toBeLessThan(tolerance);
}

/** The largest difference, as a share of the largest value of `wanted`; not a number when a value is none. */
export function relativeDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [largest, difference] = [1e-30, 0];
  for (let i = 0; i < wanted.length; i++) {
    largest = Math.max(largest, Math.abs(wanted[i]!));
    difference = Math.max(difference, Math.abs(found[i]! - wanted[i]!));
  }
  return difference / largest;
}
