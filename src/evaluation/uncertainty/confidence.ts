/** 97.5 % quantile of the standard normal distribution. */
const NORMAL = 1.959963984540054;

export type Interval = readonly [low: number, high: number];

/**
 * 97.5 % quantile of Student's t, by the expansion of Fisher and Cornish (Abramowitz and Stegun 26.7.5): right to 0.001 from 8
 * degrees of freedom on.
 */
export function studentQuantile(degrees: number): number {
  const z = NORMAL;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, i) => sum + term / degrees ** (i + 1), z);
}

/** Factor by which intervals must be wider than with a normal distribution, for a variance estimated from `people`. */
export function fewPeople(people: number): number {
  return studentQuantile(people - 1) / NORMAL;
}

/**
 * Wilson's 95 % interval of a percentage that was measured as precisely as `pairs` independent pairs would have (which need be no
 * whole number). It has a width also where every pair is decided rightly.
 * @param people number of people in the pairs: the fewer, the wider
 */
export function wilson(percentage: number, pairs: number, people: number): Interval {
  const [p, z2] = [percentage / 100, studentQuantile(people - 1) ** 2];
  const centre = (p + z2 / (2 * pairs)) / (1 + z2 / pairs);
  const half = Math.sqrt((p * (1 - p)) / pairs + z2 / (4 * pairs * pairs)) * (Math.sqrt(z2) / (1 + z2 / pairs));
  // Rounding must not take the percentage itself out.
  return [
    Math.max(0, Math.min(percentage, 100 * (centre - half))),
    Math.min(100, Math.max(percentage, 100 * (centre + half))),
  ];
}

/** Quantile of values in rising order, linear between them, as `np.quantile` has it. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** 95 % interval of a value from draws of its error (estimate minus truth): the basic bootstrap. */
export function basicInterval(value: number, errors: Float64Array): Interval {
  const sorted = errors.slice().sort();
  return [value - quantile(sorted, 0.975), value - quantile(sorted, 0.025)];
}
