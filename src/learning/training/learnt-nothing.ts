import type { Sizes } from '../losses/loss';
import type { Recipe } from './recipe';
import { termsOf, type Term } from './terms';
import type { HistorySummary } from './training-history';

/**
 * What a training has not done better than chance, or cannot have learnt for its weight, a phrase each, for a person: clipped gradients keep a
 * training that diverges finite to its end. What each term must have done, its loss says.
 * @param last means over the last epoch
 */
export function learntNothing(
  { terms: choices, batch }: Pick<Recipe, 'terms' | 'batch'>,
  sizes: Sizes,
  last: HistorySummary,
): string[] {
  const faces = (last.steps / last.epochs) * batch;
  const terms = termsOf(choices).filter(({ weight }) => weight > 0);
  const untaught = terms.flatMap(({ name, loss, options, measures }) => {
    const measured = Object.fromEntries(measures.map(([own, reported]) => [own, last[reported]!]));
    const why = loss.unlearnt?.({ ...sizes, faces, loss: last[name]!, measures: measured }, options);
    return why === undefined ? [] : [`the term ${name} has taught nothing: in the last epoch ${why}`];
  });
  return [...untaught, ...unbalanced(terms, last)];
}

function unbalanced(terms: readonly Term[], last: HistorySummary): string[] {
  const total = terms.reduce((sum, { name, weight }) => sum + weight * last[name]!, 0);
  return terms.flatMap(({ name, weight, loss: { least } }) => {
    const part = weight * last[name]!;
    if (part === 0 || part >= least.share * total) return [];
    const share = `${Number(((100 * part) / total).toPrecision(2))} %`;
    return [`the term ${name} is ${share} of the loss in the last epoch, which teaches next to nothing: ${least.hint}`];
  });
}
