import { describe, expect, test } from '@jest/globals';
import { learntNothing } from '../../../src/learning/training/learnt-nothing';
import { oddRecipe } from '../../../src/learning/training/odd-recipe';
import type { Recipe } from '../../../src/learning/training/recipe';
import { BENCH_RECIPE } from '../../bench/recipe';

/** Of arXiv 2408.17399. */
const PUBLISHED: Recipe = { ...BENCH_RECIPE, epochs: 26, batch: 128, milestones: [7, 13, 19, 24], flip: true };

describe('oddRecipe()', () => {
  test.each<[string, Partial<Recipe>]>([
    ['of the paper', {}],
    ['with the largest published rate', { learningRate: 3.2 }],
    ['whose milestones are the default and too late', { epochs: 1, milestones: [8, 11] }],
    ['without milestones', { milestones: [] }],
    ['whose last milestone is the last epoch', { epochs: 25 }],
    ['whose rate is to stay, beside milestones of the default', { gamma: 1, milestones: [8, 11] }],
    ['whose rate is to stay, without milestones', { gamma: 1, milestones: [] }],
    ['of few classes', { scale: 16 }],
    ['without identity loss, where the scale does nothing', { scale: 1000, identityWeight: 0 }],
    ['with the weight of the paper on the sum', { distillation: { weight: 10000 / 512, reduction: 'sum' } }],
  ])('finds nothing odd in a recipe %s', (_, changed) => expect(oddRecipe({ ...PUBLISHED, ...changed })).toEqual([]));

  test.each<[Partial<Recipe>, string]>([
    [{ learningRate: 100 }, 'learningRate 100 a step, beyond any published recipe: at most 3.2'],
    [
      { momentum: 0.999 },
      'momentum 0.999, beyond any published recipe: 0.9, in some at most 0.99. Gradients count 1000 times',
    ],
    [{ weightDecay: 0.2 }, 'weightDecay 0.2, beyond any published recipe with this optimiser'],
    [{ scale: 0.1 }, 'scale 0.1, beyond any published recipe'],
    [{ distillation: { weight: 10000, reduction: 'sum' } }, 'distillation.weight 10000 on the sum of squares'],
    [{ epochs: 24 }, 'milestones 24 that are never reached: the last of 24 epochs is number 23'],
    [{ milestones: [2, 2000, 4000] }, 'milestones 2000, 4000 that are never reached'],
    [{ gamma: 1 }, 'gamma 1, which leaves the learning rate as it is at its milestones 7, 13, 19, 24: 0.1 is usual'],
    [{ gamma: 1, milestones: [50] }, 'milestones 50 that are never reached'],
  ])('tells of %j', (changed, text) => {
    const told = oddRecipe({ ...PUBLISHED, ...changed });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(text);
  });
});

describe('learntNothing()', () => {
  // 400 faces of 25 people: 16 are right by chance, with a deviation of sqrt(400 * 0.04 * 0.96) = 3.92.
  const last = { steps: 20, epochs: 2, accuracy: 28 / 400, identityLoss: 12, distillationLoss: 0.003 };
  const recipe = { ...PUBLISHED, batch: 40 };
  const sizes = { classes: 25, dim: 512 };

  test('tells of an accuracy within three deviations of chance', () => {
    expect(learntNothing(recipe, sizes, { ...last, accuracy: 27 / 400 })[0]).toContain(
      'the identity loss has taught nothing: in the last epoch 6.75 % of the faces are nearest to the centre of their own identity, where chance gives 4 % of 25',
    );
    expect(learntNothing(recipe, sizes, last)).toEqual([]);
    expect(learntNothing({ ...recipe, identityWeight: 0 }, sizes, { ...last, accuracy: 0 })).toEqual([]);
  });

  test.each([
    ['mean', 2 / 512, 0.0039],
    ['sum', 2, 1.99],
  ] as const)(
    'tells of a distance to the teacher (%s) like that of unrelated vectors',
    (reduction, unrelated, near) => {
      const given = { ...recipe, distillation: { weight: reduction === 'mean' ? 10_000 : 20, reduction } };
      const told = learntNothing(given, sizes, { ...last, distillationLoss: unrelated });
      expect(told).toHaveLength(1);
      expect(told[0]).toContain('the teacher has taught nothing');
      expect(learntNothing(given, sizes, { ...last, distillationLoss: near })).toEqual([]);
      const alone = { ...given, distillation: { weight: 0, reduction } };
      expect(learntNothing(alone, sizes, { ...last, distillationLoss: unrelated })).toEqual([]);
    },
  );

  test.each([
    ['the weight that is meant for the sum, on the mean', 1, 19.53, 'distillation is 0.49 % of the loss'],
    ['a large weight of identities', 1e6, 10_000, 'distillation is 0.00025 % of the loss'],
    ['a weight beside which identities count nothing', 1, 1e9, 'the identity loss is 0.0004 % of the loss'],
  ])('tells of %s', (_, identityWeight, weight, told) => {
    const given = { ...recipe, identityWeight, distillation: { weight, reduction: 'mean' as const } };
    expect(learntNothing(given, sizes, last)).toEqual([expect.stringContaining(told)]);
  });

  test.each([
    ['distillation alone', 0, 10_000, 12],
    ['identities alone', 1, 0, 12],
    ['identities that are known', 1, 10_000, 0.01],
    ['a distillation of 2 %', 1, 80, 12],
  ])('has nothing to say of %s', (_, identityWeight, weight, identityLoss) => {
    const given = { ...recipe, identityWeight, distillation: { weight, reduction: 'mean' as const } };
    expect(learntNothing(given, sizes, { ...last, identityLoss })).toEqual([]);
  });
});
