import { describe, expect, test } from '@jest/globals';
import { selectionOf } from '../../../src/commands/shared/selection-options';

describe('selectionOf()', () => {
  test('takes stages for --only from before and after it', () => {
    expect(selectionOf({ stages: ['mix'], only: true }).only).toEqual(['mix']);
    expect(selectionOf({ only: ['mix'] }).only).toEqual(['mix']);
    expect(selectionOf({ stages: ['draw'], only: ['mix'] }).only).toEqual(['draw', 'mix']);
  });

  test('refuses --only without a stage, which would run everything', () => {
    expect(() => selectionOf({ stages: [], only: true })).toThrow('Name the stages of --only');
  });
});
