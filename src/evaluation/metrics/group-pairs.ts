import { countPairs, missingClass, type Comparisons } from './comparisons';
import { toDistances } from './distances';
import type { GroupPairs } from './metric';
import { rocOf, type Roc } from './roc';
import { tenFoldAccuracy, type VerificationAccuracy } from './verification-accuracy';

/**
 * Throws RangeError when a score is not finite or the lengths differ.
 * @param of whose pairs they are, for messages
 */
export function groupPairs({ scores, genuine, folds }: Comparisons, of = 'the pairs'): GroupPairs {
  const comparisons = { scores, genuine, folds };
  const counts = countPairs(comparisons);
  let roc: Roc | undefined;
  let tenFold: VerificationAccuracy | undefined;
  return {
    ...comparisons,
    counts,
    missing: missingClass(counts),
    roc: () => (roc ??= rocOf(comparisons)),
    tenFold: () => (tenFold ??= tenFoldAccuracy(toDistances(comparisons), { of })),
  };
}
