import { describe, expect, test } from '@jest/globals';
import { distillStudent } from '../../stages/distill-student';
import { trainTeacher } from '../../stages/train-teacher';
import { PUBLISHED_RATE, ratePerStep } from '../../src/training/learning-rate';
import { withRatePerStep } from '../../src/training/options';

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
      expect(options.properties['learningRate']!.default).toEqual({ perImage: 0.0001953125 });
    }
  });
});

describe('withRatePerStep()', () => {
  test('says the rate of a step and leaves the rest', () => {
    const rest = { batch: 128, seed: 3 };
    expect(withRatePerStep({ ...rest, learningRate: PUBLISHED_RATE })).toEqual({ ...rest, learningRate: 0.025 });
    expect(withRatePerStep({ ...rest, learningRate: 0.3 })).toEqual({ ...rest, learningRate: 0.3 });
  });
});
