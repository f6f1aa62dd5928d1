import { list, number, object, type TypeOf } from '../../kit/options';
import type { GroupPairs, Measured, Metric } from './metric';
import { operatingPoint } from './roc';

const options = object('True accept rate at false match rates', {
  fmrs: list(
    'False match rates, each above 0 and below 1',
    number('A false match rate', { exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    { minItems: 1, uniqueItems: true, default: [0.1, 0.01, 0.001] },
  ),
});

/** No value below 1 / FMR impostor pairs; below 3 / FMR, the rule of three, one with a note. */
export const tarAtFmr: Metric<TypeOf<typeof options>> = {
  summary: 'true accept rate at fixed false match rates',
  options,
  label: 'TAR at FMR',
  definition:
    'highest share of the genuine pairs that match at a false match rate of at most the given one, by a threshold of its own for each group; no interpolation',
  unit: 'rate',
  range: [0, 1],
  better: 'higher',
  measure: (pairs, { fmrs }) => fmrs.map(fmr => ({ at: fmr, ...tarAt(pairs, fmr) })),
};

/** `threshold` is the cosine from which pairs match; null when no pair does. */
function tarAt(pairs: GroupPairs, fmr: number): Omit<Measured, 'at'> {
  const { impostor } = pairs.counts;
  if (pairs.missing !== null) return { value: null, reason: pairs.missing };
  // Counts, since 1 / 0.001 need not be exact. With fewer, not one false match can be shown at that rate.
  if (impostor * fmr < 1 - 1e-9)
    return {
      value: null,
      reason: `insufficient data: ${impostor} impostor pairs, want at least ${Math.ceil(1 / fmr)}`,
    };
  const { tmr, threshold } = operatingPoint(pairs.roc(), fmr);
  const wanted = Math.ceil(3 / fmr - 1e-9);
  return {
    value: tmr,
    threshold: Number.isFinite(threshold) ? threshold : null,
    ...(impostor < wanted && { note: `${impostor} impostor pairs; the rule of three needs ${wanted}` }),
  };
}
