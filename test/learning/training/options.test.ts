import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { TRAINING_OPTIONS } from '../../../src/learning/training/options';

describe('TRAINING_OPTIONS', () => {
  test.each([
    [{ mean: 0.5, std: 0.05 }, true],
    [{ mean: 28.6 }, false],
    [{ std: 2.9 }, false],
  ])('take the margin %j: %p, for it is in radians and not in degrees', (margin, isTaken) => {
    expect(new Ajv().validate(TRAINING_OPTIONS.margin, margin)).toBe(isTaken);
  });

  test.each([
    [[8, 11], true],
    [[11, 8], true],
    [[], true],
    [[0], false],
    [[8, 8], false],
    [[1.5], false],
  ])('milestones %j: %s', (milestones, isTaken) => {
    expect(new Ajv().validate(TRAINING_OPTIONS.milestones, milestones)).toBe(isTaken);
  });
});
