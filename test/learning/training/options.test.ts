import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { object } from '../../../src/kit/options';
import { termsOption, TRAINING_OPTIONS } from '../../../src/learning/training/options';

const SCHEMA = object('Options', { ...TRAINING_OPTIONS, terms: termsOption(['elastic-arcface', 'embedding-mse']) });
const ajv = new Ajv({ discriminator: true, useDefaults: true, keywords: ['family'], allowUnionTypes: true });

describe('the options of a training', () => {
  test('have defaults in every list and map, those of the members too', () => {
    const filled = {};
    expect(ajv.validate(SCHEMA, filled)).toBe(true);
    expect(filled).toMatchObject({
      terms: [
        { loss: 'elastic-arcface', weight: 1, scale: 64, margin: { mean: 0.5, std: 0.05 } },
        { loss: 'embedding-mse', weight: 10_000, reduction: 'mean' },
      ],
      optimiser: { optimiser: 'sgd', momentum: 0.9, weightDecay: 5e-4, clip: 5 },
      schedule: { schedule: 'steps', milestones: [8, 11], gamma: 0.1 },
      sampler: { sampler: 'shuffled' },
      augmentations: [{ augmentation: 'flip', probability: 0.5 }],
    });
  });

  test.each<[string, object, boolean]>([
    ['a margin in radians', { terms: [{ loss: 'elastic-arcface', margin: { mean: 0.5, std: 0.05 } }] }, true],
    ['a margin in degrees', { terms: [{ loss: 'elastic-arcface', margin: { mean: 28.6 } }] }, false],
    ['a deviation of the margin in degrees', { terms: [{ loss: 'elastic-arcface', margin: { std: 2.9 } }] }, false],
    ['two terms of one loss', { terms: [{ loss: 'embedding-mse' }, { loss: 'embedding-mse' }] }, true],
    ['no term', { terms: [] }, false],
    ['a loss that is not there', { terms: [{ loss: 'tripplet' }] }, false],
    ['the option of another loss', { terms: [{ loss: 'embedding-mse', scale: 64 }] }, false],
    ['milestones in any order', { schedule: { schedule: 'steps', milestones: [11, 8] } }, true],
    ['no milestones', { schedule: { schedule: 'steps', milestones: [] } }, true],
    ['a milestone at the start', { schedule: { schedule: 'steps', milestones: [0] } }, false],
    ['a milestone twice', { schedule: { schedule: 'steps', milestones: [8, 8] } }, false],
    ['half an epoch', { schedule: { schedule: 'steps', milestones: [1.5] } }, false],
    ['no augmentation', { augmentations: [] }, true],
  ])('%s: %j is taken: %s', (_, options, isTaken) => {
    expect(ajv.validate(SCHEMA, structuredClone(options))).toBe(isTaken);
  });
});
