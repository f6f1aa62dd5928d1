import { describe, expect, test } from '@jest/globals';
import { permutation, seededRandom } from '../../../src/kit/math/random';

describe('seededRandom()', () => {
  test('gives the same numbers for the same seed and labels, on every machine', () => {
    const random = seededRandom(1, 'identity', 7);
    const numbers = [random.uniform(), random.normal(), random.integer(1000)];
    const again = seededRandom(1, 'identity', 7);
    expect([again.uniform(), again.normal(), again.integer(1000)]).toEqual(numbers);
    expect(numbers).toMatchInlineSnapshot(`
     [
       0.8237340258453522,
       -0.09764898403700764,
       838,
     ]
    `);
  });

  test('gives other numbers for another seed, label or split of the labels', () => {
    const first = (...labels: (string | number)[]): number => seededRandom(1, ...labels).uniform();
    const values = [
      first('a', 'b'),
      first('ab'),
      first('a', 'c'),
      first('b', 'a'),
      seededRandom(2, 'a', 'b').uniform(),
    ];
    expect(new Set(values).size).toBe(values.length);
  });

  test('uniform() has mean 1/2 and variance 1/12, normal() mean 0 and variance 1, within four standard errors', () => {
    const n = 100_000;
    const random = seededRandom(3);
    const moments = (draw: () => number): [number, number] => {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < n; i++) {
        const x = draw();
        sum += x;
        squares += x * x;
      }
      return [sum / n, squares / n - (sum / n) ** 2];
    };
    const [uniformMean, uniformVariance] = moments(() => random.uniform());
    expect(Math.abs(uniformMean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(uniformVariance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n));
    const [normalMean, normalVariance] = moments(() => random.normal());
    expect(Math.abs(normalMean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(normalVariance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });
});

describe('permutation()', () => {
  test('holds every index once', () => {
    const order = permutation(1000, seededRandom(4));
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  test('puts each of three items first equally often, within four standard errors', () => {
    const random = seededRandom(5);
    const counts = [0, 0, 0];
    for (let i = 0; i < 9000; i++) counts[permutation(3, random)[0]!]!++;
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(4 * Math.sqrt(9000 * (1 / 3) * (2 / 3)));
  });

  test('of nothing is empty', () => expect(permutation(0, seededRandom(6))).toHaveLength(0));
});
