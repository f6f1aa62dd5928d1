import { describe, expect, test } from '@jest/globals';
import { learntNothing } from '../../../src/learning/training/learnt-nothing';
import { oddRecipe } from '../../../src/learning/training/odd-recipe';
import { BASE_RECIPE, changed, type RecipeChanges } from '../../helpers/recipes';

/** Of arXiv 2408.17399. */
const PUBLISHED = changed(BASE_RECIPE, { epochs: 26, batch: 128, steps: { milestones: [7, 13, 19, 24] }, flip: true });

describe('oddRecipe()', () => {
  test.each<[string, RecipeChanges]>([
    ['of the paper', {}],
    ['with the largest published rate', { sgd: { learningRate: 3.2 } }],
    ['whose milestones are the default and too late', { epochs: 1, steps: { milestones: [8, 11] } }],
    ['without milestones', { steps: { milestones: [] } }],
    ['whose last milestone is the last epoch', { epochs: 25 }],
    ['whose rate is to stay, beside milestones of the default', { steps: { gamma: 1, milestones: [8, 11] } }],
    ['whose rate is to stay, without milestones', { steps: { gamma: 1, milestones: [] } }],
    ['of few classes', { identity: { scale: 16 } }],
    ['without identity loss, where the scale does nothing', { identity: { scale: 1000, weight: 0 } }],
    ['with the weight of the paper on the sum', { distance: { weight: 10000 / 512, reduction: 'sum' } }],
  ])('finds nothing odd in a recipe %s', (_, changes) => expect(oddRecipe(changed(PUBLISHED, changes))).toEqual([]));

  test.each<[RecipeChanges, string]>([
    [{ sgd: { learningRate: 100 } }, 'learningRate 100 a step, beyond any published recipe: at most 3.2'],
    [
      { sgd: { momentum: 0.999 } },
      'momentum 0.999, beyond any published recipe: 0.9, in some at most 0.99. Gradients count 1000 times',
    ],
    [{ sgd: { weightDecay: 0.2 } }, 'weightDecay 0.2, beyond any published recipe with this optimiser'],
    [{ identity: { scale: 0.1 } }, 'elastic-arcface with scale 0.1, beyond any published recipe'],
    [{ distance: { weight: 10000, reduction: 'sum' } }, 'embedding-mse with weight 10000 on the sum of squares'],
    [{ epochs: 24 }, 'milestones 24 that are never reached: the last of 24 epochs is number 23'],
    [{ steps: { milestones: [2, 2000, 4000] } }, 'milestones 2000, 4000 that are never reached'],
    [
      { steps: { gamma: 1 } },
      'gamma 1, which leaves the learning rate as it is at its milestones 7, 13, 19, 24: 0.1 is usual',
    ],
    [{ steps: { gamma: 1, milestones: [50] } }, 'milestones 50 that are never reached'],
  ])('reports %j', (changes, text) => {
    const told = oddRecipe(changed(PUBLISHED, changes));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(text);
  });
});

describe('learntNothing()', () => {
  // 400 faces of 25 people: 16 are right by chance, with a deviation of sqrt(400 * 0.04 * 0.96) = 3.92.
  const last = {
    ...{ steps: 20, epochs: 2, clipped: 0, loss: 42, accuracy: 28 / 400 },
    ...{ 'elastic-arcface': 12, 'embedding-mse': 0.003 },
  };
  const recipe = { ...PUBLISHED, batch: 40 };
  const sizes = { classes: 25, dimensions: 512 };

  test('reports an accuracy within three deviations of chance', () => {
    expect(learntNothing(recipe, sizes, { ...last, accuracy: 27 / 400 })[0]).toContain(
      'the term elastic-arcface has taught nothing: in the last epoch 6.75 % of the faces are nearest to the centre of their own identity, where chance gives 4 % of 25',
    );
    expect(learntNothing(recipe, sizes, last)).toEqual([]);
    const without = changed(recipe, { identity: { weight: 0 } });
    expect(learntNothing(without, sizes, { ...last, accuracy: 0 })).toEqual([]);
  });

  test.each([
    ['mean', 2 / 512, 0.0039],
    ['sum', 2, 1.99],
  ] as const)('reports a distance to the teacher (%s) like that of unrelated vectors', (reduction, unrelated, near) => {
    const given = changed(recipe, { distance: { weight: reduction === 'mean' ? 10_000 : 20, reduction } });
    const told = learntNothing(given, sizes, { ...last, 'embedding-mse': unrelated });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("embedding-mse has taught nothing: in the last epoch the distance to the teacher's");
    expect(learntNothing(given, sizes, { ...last, 'embedding-mse': near })).toEqual([]);
    const alone = changed(given, { distance: { weight: 0 } });
    expect(learntNothing(alone, sizes, { ...last, 'embedding-mse': unrelated })).toEqual([]);
  });

  test.each([
    ['the weight that is meant for the sum, on the mean', 1, 19.53, 'the term embedding-mse is 0.49 % of the loss'],
    ['a large weight of identities', 1e6, 10_000, 'the term embedding-mse is 0.00025 % of the loss'],
    ['a weight beside which identities count nothing', 1, 1e9, 'the term elastic-arcface is 0.0004 % of the loss'],
  ])('reports %s', (_, identityWeight, weight, told) => {
    const given = changed(recipe, { identity: { weight: identityWeight }, distance: { weight } });
    expect(learntNothing(given, sizes, last)).toEqual([expect.stringContaining(told)]);
  });

  test.each([
    ['distillation alone', 0, 10_000, 12],
    ['identities alone', 1, 0, 12],
    ['identities that are known', 1, 10_000, 0.01],
    ['a distillation of 2 %', 1, 80, 12],
  ])('has nothing to say of %s', (_, identityWeight, weight, identityLoss) => {
    const given = changed(recipe, { identity: { weight: identityWeight }, distance: { weight } });
    expect(learntNothing(given, sizes, { ...last, 'elastic-arcface': identityLoss })).toEqual([]);
  });
});
