import { numbered } from '../../kit/text/numbered';
import { LOSSES } from '../losses';
import type { Loss, Sizes, TermParameter } from '../losses/loss';
import type { TermChoice } from './recipe';

/** A loss of a recipe, as a training uses it. */
export interface Term {
  /** Of the loss; with a number behind it where terms before have the same loss. */
  readonly name: string;
  readonly weight: number;
  readonly loss: Loss;
  readonly options: TermChoice;
  /** The names of what the loss measures, and those under which the training reports it: no two terms have one. */
  readonly measures: readonly (readonly [own: string, reported: string])[];
}

/**
 * The terms of a recipe. One of weight 0 is measured and teaches nothing; if it needs a teacher it is left out, so that none has to be connected.
 */
export function termsOf(choices: readonly TermChoice[]): readonly Term[] {
  const used = choices.filter(({ loss, weight }) => weight > 0 || !LOSSES.members[loss].needsTeacher);
  const losses = used.map(({ loss }) => LOSSES.members[loss] as Loss);
  const names = numbered(used.map(({ loss }) => loss));
  const reported = numbered(losses.flatMap(({ measures }) => measures)).values();
  return used.map((options, i) => {
    const loss = losses[i]!;
    const measures = loss.measures.map(own => [own, reported.next().value!] as const);
    return { name: names[i]!, weight: options.weight, loss, options, measures };
  });
}

/** Names of what is reported of a step beside the weighted sum. */
export interface Reported {
  readonly terms: readonly string[];
  readonly measures: readonly string[];
}

/** In the order of the terms. */
export function reportedOf(terms: readonly Term[]): Reported {
  return {
    terms: terms.map(({ name }) => name),
    measures: terms.flatMap(({ measures }) => measures.map(([, reported]) => reported)),
  };
}

/** Those that learn from a teacher. */
export function taughtTerms(choices: readonly TermChoice[]): readonly Term[] {
  return termsOf(choices).filter(({ loss }) => loss.needsTeacher);
}

/** What a term trains beside the backbone. */
export interface OwnParameter extends TermParameter {
  /** Among the parameters of the learner: `terms/elastic-arcface/centres`. */
  readonly place: string;
  /** Name of the stream that its first values are drawn from: no two parameters have one. */
  readonly stream: string;
}

/** Of all terms, in their order. */
export function ownParameters(terms: readonly Term[], sizes: Sizes): readonly OwnParameter[] {
  const found = terms.flatMap(({ name, loss, options }) =>
    (loss.parameters?.(sizes, options) ?? []).map(own => ({ ...own, place: placeOf(name, own.name) })),
  );
  const streams = numbered(found.map(({ name }) => name));
  return found.map((own, i) => ({ ...own, stream: streams[i]! }));
}

/** The name of a term's parameter among those of the learner. */
export function placeOf(term: string, parameter: string): string {
  return `terms/${term}/${parameter}`;
}
