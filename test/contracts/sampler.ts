import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../src/kit/math/random';
import type { Sampled, Sampler } from '../../src/learning/samplers/sampler';
import { defaultOptions } from './default-options';

/** Five classes, of which each has one sample more than the one before. */
const SAMPLES: Sampled = { count: 15, labels: Int32Array.of(0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4) };

/** The rules of the contract that a test can hold, for a member of the family. */
export function checkSampler(name: string, sampler: Sampler): void {
  const options = defaultOptions(sampler.options);
  const order = (seed: number, epoch: number, samples = SAMPLES): number[] => [
    ...sampler.order(samples, seededRandom(seed, 'order', epoch), options),
  ];

  describe(`the sampler ${name}`, () => {
    test('has as many places as there are samples, each of a sample', () => {
      for (const epoch of [0, 1, 2]) {
        const found = order(1, epoch);
        expect(found).toHaveLength(SAMPLES.count);
        expect(found.filter(sample => !(sample >= 0 && sample < SAMPLES.count))).toEqual([]);
      }
      expect(order(1, 0, { count: 1, labels: Int32Array.of(0) })).toEqual([0]);
    });

    test('is a function of seed and epoch', () => {
      for (const epoch of [0, 1, 7]) expect(order(3, epoch)).toEqual(order(3, epoch));
    });

    test('shows a sample more than once only if it says so', () => {
      const repeats = [0, 1, 2, 3].some(epoch => new Set(order(1, epoch)).size < SAMPLES.count);
      expect(repeats).toBe(sampler.repeats);
    });
  });
}
