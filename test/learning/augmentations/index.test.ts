import { expect, test } from '@jest/globals';
import { seededRandom } from '../../../src/kit/math/random';
import { AUGMENTATIONS } from '../../../src/learning/augmentations';
import type { Augmentation } from '../../../src/learning/augmentations/augmentation';
import { flip } from '../../../src/learning/augmentations/flip';
import { checkAugmentation } from '../../contracts/augmentation';

for (const [name, augmentation] of Object.entries<Augmentation>(AUGMENTATIONS.members))
  checkAugmentation(name, augmentation);

test('flip mirrors the share that is wanted, within four standard errors', () => {
  const n = 4000;
  const share = (probability: number): number =>
    flip.plan(n, seededRandom(1, 'flip', 0), { probability }).reduce((sum, value) => sum + value, 0) / n;
  expect([share(0), share(1)]).toEqual([0, 1]);
  expect(Math.abs(share(0.25) - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / n));
});
