import { describe, expect, test } from '@jest/globals';
import {
  compareSeparation,
  separation,
  strangerCosines,
  type Embedded,
} from '../../../src/embedding/recogniser/separation';
import { seededRandom } from '../../../src/kit/math/random';

const vector = (...values: number[]): Float32Array => Float32Array.from(values);

/** People of two vectors each: a direction of their own, and noise. */
function people(count: number, noise: number, seed: number): Embedded {
  const vectors: Float32Array[] = [];
  const names: string[] = [];
  for (let person = 0; person < count; person++) {
    const own = seededRandom(1, 'person', person);
    const direction = Array.from({ length: 16 }, () => own.normal());
    for (let image = 0; image < 2; image++) {
      const random = seededRandom(seed, 'image', person, image);
      const raw = direction.map(value => value + noise * random.normal());
      vectors.push(Float32Array.from(raw, value => value / Math.hypot(...raw)));
      names.push(`p${person}`);
    }
  }
  return { vectors, people: names };
}

describe('separation()', () => {
  test('by hand: means and variances of genuine and impostor cosines', () => {
    const embedded = {
      vectors: [vector(1, 0), vector(0.6, 0.8), vector(0, 1), vector(0.8, 0.6)],
      people: ['a', 'a', 'b', 'b'],
    };
    // Genuine 0.6 and 0.6; impostor 0, 0.8, 0.8, 0.96 with mean 0.64 and variance 0.1408.
    expect(separation(embedded)).toBeCloseTo((0.6 - 0.64) / Math.sqrt(0.1408 / 2), 6);
    expect([...strangerCosines(embedded)].map(value => Number(value.toFixed(4)))).toEqual([0, 0.8, 0.8, 0.96]);
  });

  test('is no number without pairs of both kinds', () => {
    expect(separation({ vectors: [], people: [] })).toBeNaN();
    expect(separation({ vectors: [vector(1, 0), vector(0, 1)], people: ['a', 'a'] })).toBeNaN();
    expect(separation({ vectors: [vector(1, 0), vector(0, 1)], people: ['a', 'b'] })).toBeNaN();
  });
});

describe('compareSeparation()', () => {
  test('is sure of a difference that is there, and says which is better', () => {
    const [clear, noisy] = [people(32, 0.5, 1), people(32, 1, 2)];
    const better = compareSeparation(noisy, clear);
    expect(better.other).toBeGreaterThan(better.stated);
    expect(better.z).toBeGreaterThan(3.1);
    expect(compareSeparation(clear, noisy)).toMatchObject({ stated: better.other, other: better.stated });
    expect(compareSeparation(clear, noisy).z).toBeCloseTo(-better.z, 6);
  });

  test('has a z with the spread of a standard normal where there is none', () => {
    const z = Array.from(
      { length: 60 },
      (_, i) => compareSeparation(people(32, 0.8, 2 * i), people(32, 0.8, 2 * i + 1)).z,
    );
    const spread = Math.sqrt(z.reduce((sum, value) => sum + value * value, 0) / z.length);
    // 60 draws: within four standard errors of 1.
    expect(Math.abs(spread - 1)).toBeLessThan(4 / Math.sqrt(2 * z.length));
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(4);
  });

  test('gives the same number every time', () => {
    const [a, b] = [people(12, 0.5, 1), people(12, 0.6, 2)];
    expect(compareSeparation(a, b)).toEqual(compareSeparation(a, b));
  });
});
