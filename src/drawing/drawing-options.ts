import { choice, integer, list, object, type TypeOf } from '../kit/options';

/** Of identities, of photos of each and of pairs in a fold: names have four digits. */
export const MOST_OF_EACH = 9999;

export const DRAWING_OPTIONS = object('Which faces are drawn', {
  seed: integer('The same seed gives the same bytes', { minimum: 0, default: 1 }),
  domain: choice(
    'Kind of photograph that the drawings imitate: `real` with varied circumstances, `synthetic` with the tidier look and the artefacts of a face generator',
    ['real', 'synthetic'],
    { default: 'real' },
  ),
  groups: list(
    'Groups to draw; they differ in the distribution of parameters and are not groups of people',
    choice('Name of a group', ['A', 'B', 'C', 'D']),
    { minItems: 1, uniqueItems: true, default: ['A', 'B', 'C', 'D'] },
  ),
  trainIdentities: count('Identities of each group in the train split; 0 leaves the split out', 0, 20),
  trainImages: count('Photos of each identity in the train split', 1, 6),
  testIdentities: count('Identities of each group in the test split, none of them in train; 0 leaves it out', 0, 40),
  testImages: count('Photos of each identity in the test split', 1, 4),
  pairsPerFold: count('Genuine pairs, and as many impostor pairs, in each of the 10 folds of each group', 1, 12),
  size: integer('Side of a photo in pixels', { minimum: 112, maximum: 1024, default: 200 }),
});

export type DrawingOptions = TypeOf<typeof DRAWING_OPTIONS>;

function count(description: string, minimum: number, preset: number) {
  return integer(description, { minimum, maximum: MOST_OF_EACH, default: preset });
}
