import { seededRandom } from '../../kit/math/random';
import { dotProduct } from '../views/embed-views';

/** Unit vectors and whose they are. */
export interface Embedded {
  readonly vectors: readonly Float32Array[];
  /** By vector. */
  readonly people: readonly string[];
}

/** Cosines of all pairs of different people, ascending. */
export function strangerCosines({ vectors, people }: Embedded): Float64Array {
  const cosines: number[] = [];
  vectors.forEach((a, i) => {
    for (let j = i + 1; j < vectors.length; j++) if (people[i] !== people[j]) cosines.push(dotProduct(a, vectors[j]!));
  });
  return Float64Array.from(cosines).sort();
}

/**
 * How well cosines separate the same person from another: d' = (mean of genuine - mean of impostor) / sqrt((variance of genuine + variance
 * of impostor) / 2). Depends on neither offset nor scale of the cosines. NaN without pairs of both kinds.
 */
export function separation(embedded: Embedded): number {
  return dPrime(sumsOf(embedded));
}

export interface SeparationTest {
  readonly stated: number;
  readonly other: number;
  /** (other - stated) over its standard error. */
  readonly z: number;
}

const RESAMPLES = 400;

/** Whether another preprocessing of the same faces separates people better: a paired bootstrap over identities, seeded. */
export function compareSeparation(stated: Embedded, other: Embedded): SeparationTest {
  const [a, b] = [sumsOf(stated), sumsOf(other)];
  const random = seededRandom(0, 'compare separation');
  const differences = Array.from({ length: RESAMPLES }, () => {
    const times = new Array<number>(a.size).fill(0);
    for (let i = 0; i < a.size; i++) times[random.integer(a.size)]!++;
    return dPrime(b, times) - dPrime(a, times);
  }).filter(Number.isFinite);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (differences.length - 1);
  const result = { stated: dPrime(a), other: dPrime(b) };
  return { ...result, z: (result.other - result.stated) / Math.sqrt(variance) };
}

/** Counts, sums and sums of squares of the cosines by pair of people; on the diagonal those of one person. */
interface Sums {
  readonly size: number;
  readonly counts: readonly Float64Array[];
  readonly sums: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
}

function sumsOf({ vectors, people }: Embedded): Sums {
  const names = [...new Set(people)];
  const places = people.map(name => names.indexOf(name));
  const table = (): Float64Array[] => names.map(() => new Float64Array(names.length));
  const [counts, sums, squares] = [table(), table(), table()];
  vectors.forEach((a, i) => {
    for (let j = i + 1; j < vectors.length; j++) {
      const cosine = dotProduct(a, vectors[j]!);
      const [p, q] = [Math.min(places[i]!, places[j]!), Math.max(places[i]!, places[j]!)];
      counts[p]![q]!++;
      sums[p]![q]! += cosine;
      squares[p]![q]! += cosine * cosine;
    }
  });
  return { size: names.length, counts, sums, squares };
}

/** @param times how often each person was drawn; a pair of one person with another counts for every pair of draws */
function dPrime({ size, counts, sums, squares }: Sums, times?: readonly number[]): number {
  const genuine = { count: 0, sum: 0, squares: 0 };
  const impostor = { count: 0, sum: 0, squares: 0 };
  for (let p = 0; p < size; p++) {
    for (let q = p; q < size; q++) {
      const weight = times ? (p === q ? times[p]! : times[p]! * times[q]!) : 1;
      if (weight === 0) continue;
      const into = p === q ? genuine : impostor;
      into.count += weight * counts[p]![q]!;
      into.sum += weight * sums[p]![q]!;
      into.squares += weight * squares[p]![q]!;
    }
  }
  const [g, i] = [momentsOf(genuine), momentsOf(impostor)];
  return (g.mean - i.mean) / Math.sqrt((g.variance + i.variance) / 2);
}

function momentsOf({ count, sum, squares }: { count: number; sum: number; squares: number }) {
  const mean = sum / count;
  return { mean, variance: Math.max(0, squares / count - mean * mean) };
}
