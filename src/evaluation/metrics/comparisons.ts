/**
 * Comparisons of pairs of faces, one entry a pair. `scores` are cosines (higher is more alike), `genuine` is 1 for two photographs
 * of one person and 0 for an impostor pair, `folds` counts from 0.
 */
export interface Comparisons {
  readonly scores: ArrayLike<number>;
  readonly genuine: ArrayLike<number>;
  readonly folds: ArrayLike<number>;
}

/** How many pairs are genuine and how many are not. Throws RangeError when a score is not finite or the lengths differ. */
export function countPairs({ scores, genuine, folds }: Comparisons): { genuine: number; impostor: number } {
  if (genuine.length !== scores.length || folds.length !== scores.length) {
    throw new RangeError(
      `Cannot measure: ${scores.length} scores, ${genuine.length} labels and ${folds.length} folds are not equally many`,
    );
  }
  let count = 0;
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) {
      throw new RangeError(`Cannot measure: score ${i} is ${String(scores[i])}, want a finite number`);
    }
    if (genuine[i] === 1) count++;
  }
  return { genuine: count, impostor: scores.length - count };
}

/** Why a rate has no value when a class is absent, or null when both are there. */
export function missingClass(counts: { readonly genuine: number; readonly impostor: number }): string | null {
  if (counts.genuine === 0 && counts.impostor === 0) return 'there are no pairs';
  if (counts.genuine === 0) return 'there are no genuine pairs';
  return counts.impostor === 0 ? 'there are no impostor pairs' : null;
}
