import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../src/kit/math/random';
import type { Augmentation } from '../../src/learning/augmentations/augmentation';
import { defaultOptions } from './default-options';

/** The rules of the contract that a test can hold, for a member of the family. */
export function checkAugmentation(name: string, augmentation: Augmentation): void {
  const options = defaultOptions(augmentation.options);
  const batches = (seed: number): number[][] => {
    const random = seededRandom(seed, name, 0);
    return [8, 8, 8].map(faces => [...augmentation.plan(faces, random, options)]);
  };

  describe(`the augmentation ${name}`, () => {
    // The sampler draws from that stream: the two would follow the same random numbers.
    test('has a stream of random numbers of its own', () => {
      expect(name).not.toBe('order');
    });

    test('says of each face whether it is mirrored', () => {
      expect(batches(1).map(({ length }) => length)).toEqual([8, 8, 8]);
      expect(
        batches(1)
          .flat()
          .filter(value => value !== 0 && value !== 1),
      ).toEqual([]);
    });

    test('is a function of the random numbers', () => {
      expect(batches(1)).toEqual(batches(1));
    });
  });
}
