/** The pairs of a group that count, with the people in them; the same for every model. One entry a pair. */
export interface PairsOfPeople {
  readonly genuine: ArrayLike<number>;
  readonly folds: ArrayLike<number>;
  /** The person on either photograph, 0..people-1. */
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly people: number;
}

/** A model's accuracy and how much the people of the group move it. */
export interface Influence {
  /** Of the accuracy, squared percentage points: pairs that share a person depend on each other, others do not. */
  readonly variance: number;
  /** Percent: the mean of the folds, each with the same weight. */
  readonly accuracy: number;
}

/**
 * Influence of people on an accuracy, at thresholds that are held fixed. Genuine and impostor pairs are centred by themselves, since the list fixes how many there are of each.
 *
 * The variance is the one for dyads (Aronow, Samii and Assenova 2015, doi 10.1093/pan/mpv018; Fogliato, Patil and Perona, arXiv
 * 2306.01198): the products of all pairs of pairs that share a person. That is the sum of squares by person, less what pairs of the
 * same two people have got twice. It is never taken below that of independent pairs, and has the factor n / (n - 1) for n people.
 * @param right 1 where the model decides the pair rightly, else 0
 */
export function influenceOf({ genuine, folds, a, b, people }: PairsOfPeople, right: ArrayLike<number>): Influence {
  const weights = weightsOf(folds);
  const sums = [
    { weight: 0, right: 0 },
    { weight: 0, right: 0 },
  ];
  for (let i = 0; i < weights.length; i++) {
    const kind = sums[genuine[i]!]!;
    kind.weight += weights[i]!;
    kind.right += weights[i]! * right[i]!;
  }
  const expected = sums.map(kind => kind.right / kind.weight);
  const byPerson = new Float64Array(people);
  const together = new Map<number, number>();
  let independent = 0;
  for (let i = 0; i < weights.length; i++) {
    const share = weights[i]! * (right[i]! - expected[genuine[i]!]!);
    const [one, other] = a[i]! < b[i]! ? [a[i]!, b[i]!] : [b[i]!, a[i]!];
    byPerson[one]! += share;
    independent += share * share;
    if (one === other) continue;
    byPerson[other]! += share;
    together.set(one * people + other, (together.get(one * people + other) ?? 0) + share);
  }
  const twice = [...together.values()].reduce((sum, share) => sum + share * share, 0);
  const dependent = squares(byPerson) - twice;
  const correction = people / Math.max(1, people - 1);
  return {
    variance: Math.max(dependent, independent) * correction,
    accuracy: sums.reduce((sum, kind) => sum + kind.right, 0),
  };
}

function squares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/** Percentage points that a pair is worth: every fold counts alike, whatever its size. */
export function weightsOf(folds: ArrayLike<number>): Float64Array {
  const sizes = new Map<number, number>();
  for (let i = 0; i < folds.length; i++) sizes.set(folds[i]!, (sizes.get(folds[i]!) ?? 0) + 1);
  return Float64Array.from(folds, fold => 100 / (sizes.size * sizes.get(fold)!));
}
