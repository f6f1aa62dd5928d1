import { countPairs, type Comparisons } from './comparisons';

/** ||a - b||² = 2 - 2 cos(a, b) for unit vectors. */
export function squaredDistance(cosine: number): number {
  return 2 - 2 * cosine;
}

/** The same pairs with squared L2 distances (smaller is more alike) in place of cosines. */
export function toDistances({ scores, genuine, folds }: Comparisons): Distances {
  countPairs({ scores, genuine, folds });
  return { distances: Float64Array.from(scores, squaredDistance), genuine, folds };
}

export interface Distances {
  readonly distances: ArrayLike<number>;
  readonly genuine: ArrayLike<number>;
  readonly folds: ArrayLike<number>;
}
