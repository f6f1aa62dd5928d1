/** Whether accuracies of groups differ by more than chance. */
export interface Homogeneity {
  /** Chi-square statistic. */
  readonly statistic: number;
  /** Its degrees of freedom: groups - 1. */
  readonly degrees: number;
  /** Chance of groups that differ at least as much when they are equal in truth. */
  readonly p: number;
}

/**
 * Chi-square test of equal proportions (that of a 2 x k table), at the number of independent pairs that would be as precise (Rao
 * and Scott 1981, doi 10.1080/01621459.1981.10477633). Undefined below two groups.
 * @param groups accuracy in percent, and that number
 */
export function homogeneity(
  groups: readonly { readonly accuracy: number; readonly effectivePairs: number }[],
): Homogeneity | undefined {
  if (groups.length < 2) return undefined;
  const all = groups.reduce((sum, { effectivePairs }) => sum + effectivePairs, 0);
  const share = groups.reduce((sum, g) => sum + (g.effectivePairs * g.accuracy) / 100, 0) / all;
  const scatter = groups.reduce((sum, g) => sum + g.effectivePairs * (g.accuracy / 100 - share) ** 2, 0);
  const variance = share * (1 - share);
  // Nobody errs, or everybody always does: equal by any test. Rounding may leave a trace of either.
  const statistic = variance < 1e-12 ? 0 : scatter / variance;
  const degrees = groups.length - 1;
  return { statistic, degrees, p: chiSquareTail(statistic, degrees) };
}

/** Chance of a chi-square value of at least x, by the series of the incomplete gamma function (Abramowitz and Stegun 6.5.29). */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const [shape, half] = [degrees / 2, x / 2];
  let term = Math.exp(shape * Math.log(half) - half - logGamma(shape + 1));
  let below = term;
  for (let n = 1; term > below * 1e-16; n++) {
    term *= half / (shape + n);
    below += term;
  }
  return Math.max(0, 1 - below);
}

/** Of a positive multiple of 1/2. */
function logGamma(x: number): number {
  let sum = 0;
  let rest = x;
  for (; rest > 1; rest--) sum += Math.log(rest - 1);
  return rest === 1 ? sum : sum + Math.log(Math.PI) / 2;
}
