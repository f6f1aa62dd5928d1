import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { distillStudent } from '../../../stages/distill-student';
import { trainTeacher } from '../../../stages/train-teacher';
import { STAGES } from '../../../stages';
import { PUBLISHED_RATE, ratePerStep, type LearningRate } from '../../../src/learning/optimisers/learning-rate';
import { withRatePerStep } from '../../../src/learning/training/options';
import { BASE_RECIPE } from '../../helpers/recipes';
import { accepted, refused } from '../../workflow/configuration/load-toy';

describe('ratePerStep()', () => {
  test('a number is the rate of a step, whatever the batch', () => {
    expect([ratePerStep(0.1, 64), ratePerStep(0.1, 128)]).toEqual([0.1, 0.1]);
  });

  test('a rate for each image grows with the batch', () => {
    expect([16, 64, 128, 512].map(batch => ratePerStep({ perImage: 1.953125e-4 }, batch))).toEqual([
      0.003125, 0.0125, 0.025, 0.1,
    ]);
  });

  test('the published one is 0.025 at batch 128, and what a stage does that is not told', () => {
    expect(ratePerStep(PUBLISHED_RATE, 128)).toBe(0.025);
    for (const { options } of [trainTeacher, distillStudent]) {
      const ajv = new Ajv({ discriminator: true, useDefaults: true, keywords: ['family'], allowUnionTypes: true });
      const filled: { optimiser?: object } = {};
      ajv.validate({ ...options, required: [] }, filled);
      expect(filled.optimiser).toMatchObject({ learningRate: { perImage: 0.0001953125 } });
    }
  });
});

describe('withRatePerStep()', () => {
  test('says the rate of a step and leaves the rest', () => {
    const rest = { batch: 128, seed: 3 };
    const { optimiser } = BASE_RECIPE;
    const at = (learningRate: LearningRate) => withRatePerStep({ ...rest, optimiser: { ...optimiser, learningRate } });
    expect(at(PUBLISHED_RATE)).toEqual({ ...rest, optimiser: { ...optimiser, learningRate: 0.025 } });
    expect(at(0.3)).toEqual({ ...rest, optimiser: { ...optimiser, learningRate: 0.3 } });
  });
});

describe('the option learningRate', () => {
  const pipeline = (value: string): string => `name: rates
stages:
  draw: {uses: synthesize-faces, with: {domain: real}}
  read: {uses: read-faces, in: {folder: draw}, with: {split: train, domain: real}}
  align: {uses: align-faces, in: {photos: read}}
  teach: {uses: train-teacher, in: {faces: align}, with: {${value}}}
`;
  const taken = (value: string) => {
    const { options } = accepted(pipeline(value), { stages: STAGES }).steps.find(({ id }) => id === 'teach')!;
    return (options['optimiser'] as { learningRate: unknown }).learningRate;
  };

  test('is a number or a number for each image, and the published one where nobody says', () => {
    expect(taken('optimiser: {optimiser: sgd, learningRate: 0.05}')).toBe(0.05);
    expect(taken('optimiser: {optimiser: sgd, learningRate: {perImage: 1.0e-3}}')).toEqual({ perImage: 0.001 });
    expect(taken('epochs: 1')).toEqual({ perImage: 0.0001953125 });
  });

  test.each([
    ['0', 'found 0, wanted a number above 0 or a map with "perImage"'],
    ['-0.1', 'found -0.1, wanted a number above 0'],
    ['{perImage: 0}', '"optimiser.learningRate.perImage" of train-teacher: found 0, wanted a number above 0'],
    ['{}', 'Missing option "optimiser.learningRate.perImage"'],
    ['{perStep: 0.1}', 'Unknown option "perStep" of "optimiser.learningRate" of train-teacher: use "perImage"'],
    ['{perImage: 0.1, perStep: 0.1}', 'Unknown option "perStep"'],
    ['fast', 'found "fast"'],
    ['[0.1]', 'found [0.1]'],
  ])('is refused as %s', (value, words) => {
    const messages = refused(pipeline(`optimiser: {optimiser: sgd, learningRate: ${value}}`), { stages: STAGES }).map(
      ({ message }) => message,
    );
    expect(messages.join('\n')).toContain(words);
  });
});
