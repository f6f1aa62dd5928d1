/** The distributions of untrained kernels, and where they are published. */
export interface Initialisation {
  readonly convolutions: KernelStart;
  readonly dense: KernelStart;
  readonly source: string;
}

/**
 * One distribution:
 * - `he-fan-out`: N(0, 2 / fan-out), the fan-out of a kernel [k, k, in / groups, out] being k * k * out however many groups there are,
 *   which is how PyTorch counts (`kaiming_normal_`, mode fan_out) and what published weights started from;
 * - `he-fan-out-per-group`: the same with k * k * out / groups, the outputs that one input value reaches (He et al. 2015), which keeps
 *   the variance of gradients through depthwise convolutions;
 * - `uniform-fan-in`: U(-b, b) with b = 1 / sqrt(fan-in), a bias as well: PyTorch's for a layer that no code initialises;
 * - a number: N(0, that squared).
 */
export type KernelStart = 'he-fan-out' | 'he-fan-out-per-group' | 'uniform-fan-in' | number;

/** Of backbones that say nothing else. Biases are 0. */
export const HE_FAN_OUT: Initialisation = {
  convolutions: 'he-fan-out',
  dense: 'he-fan-out',
  source: 'He et al. 2015, fan-out as PyTorch counts it',
};

const HE_FAN_OUT_PER_GROUP: Initialisation = {
  convolutions: 'he-fan-out-per-group',
  dense: 'he-fan-out',
  source: 'He et al. 2015, fan-out of a depthwise kernel that of one channel',
};

/** Initialisations that may replace that of a backbone. */
export const INITIALISATIONS = ['published', 'he-fan-out', 'he-fan-out-per-group'] as const;

export type InitialisationChoice = (typeof INITIALISATIONS)[number];

/** The chosen one; `published` is that of the backbone. */
export function initialisationOf(own: Initialisation | undefined, choice: InitialisationChoice): Initialisation {
  if (choice === 'published') return own ?? HE_FAN_OUT;
  return choice === 'he-fan-out' ? HE_FAN_OUT : HE_FAN_OUT_PER_GROUP;
}
