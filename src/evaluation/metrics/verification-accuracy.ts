import { UserError } from '../../errors';
import { searchThreshold } from './best-threshold';
import type { Distances } from './distances';
import { gridAccuracy } from './grid-accuracy';
import { meanOf, stdOf } from './mean-std';
import { FOLDS } from '../../data/evaluation';
import { missingClass } from './comparisons';

/** Accuracy by folds, or the reason why there is none. Everything by fold has an entry for each fold, null where it is not counted. */
export interface VerificationAccuracy {
  /** Mean over the folds that have pairs of both kinds, percent; null: see `reason`. */
  readonly accuracy: number | null;
  /** Why `accuracy` is null. */
  readonly reason?: string;
  /** What a reader must know of a value that is given, a sentence each. */
  readonly remarks?: readonly string[];
  /** Percent, by fold. */
  readonly foldAccuracies: readonly (number | null)[];
  /** Standard deviation of the fold accuracies, ddof 0, percentage points. */
  readonly foldStd: number | null;
  /** The threshold that was chosen for each fold (squared L2 distance). */
  readonly thresholds: readonly (number | null)[];
  readonly foldSizes: readonly number[];
  /** The same with thresholds 0..3.99 by 0.01 and the first best of them, as insightface has it: see `gridAccuracy`. */
  readonly accuracyGrid: number | null;
}

/**
 * k-fold verification: for each fold the threshold with the highest accuracy on the other folds, applied to this one. Folds are
 * those of the pair list, never reshuffled. A fold without pairs of both kinds counts neither as a fold nor in the choice of
 * thresholds: its accuracy would be that of saying yes, or no, to everybody. Errors with `bad-folds` when a fold is out of range.
 * @param of whose pairs they are, for that message.
 */
export function tenFoldAccuracy(
  pairs: Distances,
  { foldCount = FOLDS, of = 'the pairs' }: { readonly foldCount?: number; readonly of?: string } = {},
): VerificationAccuracy {
  const counts = countFolds(pairs, foldCount, of);
  const foldSizes = counts.map(({ genuine, impostor }) => genuine + impostor);
  const isCounted = counts.map(fold => missingClass(fold) === null);
  const counted = [...isCounted.keys()].filter(fold => isCounted[fold]);
  if (counted.length < 2) return noAccuracy(foldSizes, whyNone(counts, counted));
  const search = searchThreshold(pairs);
  const thresholds = isCounted.map((own, fold) =>
    own ? search.best(pair => isCounted[pairs.folds[pair]!]! && pairs.folds[pair] !== fold)! : null,
  );
  const foldAccuracies = accuracyByFold(pairs, thresholds, foldSizes);
  const values = counted.map(fold => foldAccuracies[fold]!);
  return {
    accuracy: meanOf(values),
    ...(counted.length < foldCount && { remarks: remarksOn(counts, counted.length) }),
    foldAccuracies,
    foldStd: stdOf(values, 0),
    thresholds,
    foldSizes,
    accuracyGrid: gridAccuracy(pairs, isCounted),
  };
}

/** The threshold that decides most of these pairs rightly, as `searchThreshold` finds it. Undefined without pairs. */
export function bestThreshold(pairs: Distances): number | undefined {
  return searchThreshold(pairs).best(() => true);
}

interface FoldCounts {
  readonly genuine: number;
  readonly impostor: number;
}

function countFolds({ folds, genuine }: Distances, foldCount: number, of: string): FoldCounts[] {
  const counts = Array.from({ length: foldCount }, () => ({ genuine: 0, impostor: 0 }));
  for (let i = 0; i < folds.length; i++) {
    const own = counts[folds[i]!];
    if (own === undefined) {
      throw new UserError(
        `Cannot measure the accuracy of ${of} by folds: pair ${i} is in fold ${folds[i]!}, want 0..${foldCount - 1}; check the pair list`,
        { code: 'bad-folds' },
      );
    }
    own[genuine[i] === 1 ? 'genuine' : 'impostor']++;
  }
  return counts;
}

function noAccuracy(foldSizes: readonly number[], reason: string): VerificationAccuracy {
  const nothing = foldSizes.map(() => null);
  return {
    accuracy: null,
    reason,
    foldAccuracies: nothing,
    foldStd: null,
    thresholds: nothing,
    foldSizes,
    accuracyGrid: null,
  };
}

function whyNone(counts: readonly FoldCounts[], counted: readonly number[]): string {
  const sum = (kind: keyof FoldCounts): number => counts.reduce((all, fold) => all + fold[kind], 0);
  const missing = missingClass({ genuine: sum('genuine'), impostor: sum('impostor') });
  if (missing !== null) return missing;
  return counted.length === 0
    ? 'no fold has pairs of both kinds'
    : `fold ${counted[0]!} alone has pairs of both kinds, so there are no others to choose its threshold on`;
}

function remarksOn(counts: readonly FoldCounts[], counted: number): string[] {
  const by = new Map<string, number[]>();
  counts.forEach((fold, index) => {
    const missing = missingClass(fold)?.replace('there are ', '');
    if (missing !== undefined) by.set(missing, [...(by.get(missing) ?? []), index]);
  });
  return [...by].map(([missing, folds]) => {
    const [name, verb] = folds.length === 1 ? ['fold', 'has'] : ['folds', 'have'];
    const left = `the mean is over ${counted} of ${counts.length} folds`;
    return `${name} ${folds.join(', ')} ${verb} ${missing} and ${folds.length === 1 ? 'is' : 'are'} not counted: ${left}`;
  });
}

function accuracyByFold(
  { distances, genuine, folds }: Distances,
  thresholds: readonly (number | null)[],
  foldSizes: readonly number[],
): (number | null)[] {
  const right = thresholds.map(() => 0);
  for (let i = 0; i < folds.length; i++) {
    const fold = folds[i]!;
    const threshold = thresholds[fold];
    if (threshold != null && distances[i]! < threshold === (genuine[i] === 1)) right[fold]!++;
  }
  return thresholds.map((threshold, fold) => (threshold === null ? null : (100 * right[fold]!) / foldSizes[fold]!));
}
