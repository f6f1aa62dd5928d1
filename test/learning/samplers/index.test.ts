import { expect, test } from '@jest/globals';
import { seededRandom } from '../../../src/kit/math/random';
import { SAMPLERS } from '../../../src/learning/samplers';
import type { Sampler } from '../../../src/learning/samplers/sampler';
import { shuffled } from '../../../src/learning/samplers/shuffled';
import { checkSampler } from '../../contracts/sampler';

for (const [name, sampler] of Object.entries<Sampler>(SAMPLERS.members)) checkSampler(name, sampler);

test('shuffled has another order for another seed or epoch', () => {
  const samples = { count: 40, labels: new Int32Array(40) };
  const order = (...labels: [number, number]) => [...shuffled.order(samples, seededRandom(...labels), {})];
  expect(order(1, 1)).not.toEqual(order(1, 0));
  expect(order(2, 0)).not.toEqual(order(1, 0));
});
