import type { Recipe, TermChoice } from '../../src/learning/training/recipe';

type Term<Name extends TermChoice['loss']> = Extract<TermChoice, { readonly loss: Name }>;

/** What a test changes of a recipe, by the members that a training has by default. */
export interface RecipeChanges extends Partial<Pick<Recipe, 'epochs' | 'batch' | 'seed'>> {
  readonly identity?: Partial<Term<'elastic-arcface'>>;
  /** Null leaves it out. */
  readonly distance?: Partial<Term<'embedding-mse'>> | null;
  readonly sgd?: Partial<Extract<Recipe['optimiser'], { readonly optimiser: 'sgd' }>>;
  readonly steps?: Partial<Extract<Recipe['schedule'], { readonly schedule: 'steps' }>>;
  readonly flip?: boolean;
}

/** A recipe of the default members, with the defaults of arXiv 2408.17399. */
export const BASE_RECIPE: Recipe = {
  epochs: 1,
  batch: 64,
  terms: [
    { loss: 'elastic-arcface', weight: 1, scale: 64, margin: { mean: 0.5, std: 0.05 } },
    { loss: 'embedding-mse', weight: 10_000, reduction: 'mean' },
  ],
  optimiser: { optimiser: 'sgd', learningRate: 0.025, momentum: 0.9, weightDecay: 5e-4, clip: 5 },
  schedule: { schedule: 'steps', milestones: [], gamma: 0.1 },
  sampler: { sampler: 'shuffled' },
  augmentations: [],
  seed: 1,
};

export function changed<R extends Recipe>(recipe: R, changes: RecipeChanges): R {
  const { identity, distance, sgd, steps, flip, ...others } = changes;
  const isFlipped = flip ?? recipe.augmentations.length > 0;
  const ofTerms: Readonly<Record<string, object | null | undefined>> = {
    'elastic-arcface': identity,
    'embedding-mse': distance,
  };
  return {
    ...recipe,
    ...others,
    terms: recipe.terms.flatMap(term => {
      const ofTerm = ofTerms[term.loss];
      return ofTerm === null ? [] : [withChanges(term, ofTerm)];
    }),
    optimiser: withChanges(recipe.optimiser, sgd),
    schedule: withChanges(recipe.schedule, steps),
    augmentations: isFlipped ? [{ augmentation: 'flip', probability: 0.5 }] : [],
  };
}

function withChanges<T>(value: T, changes: object = {}): T {
  return { ...value, ...changes };
}
