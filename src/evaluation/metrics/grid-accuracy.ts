import { meanOf } from './mean-std';
import type { Distances } from './distances';

/**
 * Thresholds on the squared L2 distance of unit vectors, 0..3.99 by 0.01, as in the verification script of insightface
 * (arcface_torch/eval/verification.py, `np.arange(0, 4, 0.01)`).
 */
export const THRESHOLDS: Float64Array = Float64Array.from({ length: 400 }, (_, i) => i * 0.01);

/**
 * Accuracy in percent as insightface's script measures it: for each fold the first threshold of the grid with the highest
 * accuracy on the other folds. To compare with numbers published by that script; a model whose distances lie between two steps
 * is constant to it.
 * @param counted by fold: whether it takes part. Those that do must have pairs, and be two at least.
 */
export function gridAccuracy(pairs: Distances, counted: readonly boolean[]): number {
  const correct = correctByFold(pairs, counted.length);
  const sizes = counted.map(() => 0);
  for (let i = 0; i < pairs.folds.length; i++) sizes[pairs.folds[i]!]!++;
  const own = [...counted.keys()].filter(fold => counted[fold]);
  const total = Float64Array.from(THRESHOLDS, (_, t) => own.reduce((sum, fold) => sum + correct[fold]![t]!, 0));
  return meanOf(
    own.map(fold => {
      const best = firstArgmax(total.map((all, t) => all - correct[fold]![t]!));
      return (100 * correct[fold]![best]!) / sizes[fold]!;
    }),
  );
}

/** [fold][threshold] -> number of pairs that are decided rightly. */
function correctByFold({ distances, genuine, folds }: Distances, foldCount: number): Float64Array[] {
  const correct = Array.from({ length: foldCount }, () => new Float64Array(THRESHOLDS.length));
  for (let i = 0; i < distances.length; i++) {
    const counts = correct[folds[i]!]!;
    const same = genuine[i] === 1;
    for (let t = 0; t < THRESHOLDS.length; t++) {
      if (distances[i]! < THRESHOLDS[t]! === same) counts[t]!++;
    }
  }
  return correct;
}

function firstArgmax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
