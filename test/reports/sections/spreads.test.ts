import { expect, test } from '@jest/globals';
import { markup } from '../../../src/pictures/page/markup';
import { spreads } from '../../../src/reports/sections/spreads';
import { COMPARISONS } from '../../helpers/comparisons';

test('spreads has a row for each model and number, in the unit of the number', () => {
  const { content } = spreads.draw(COMPARISONS['one model']!)!;
  const text = markup`${content}`.markup.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  // AUC 0.95 and 0.9: mean 0.925, STD 0.025, errors 0.05 and 0.1. TAR at an FMR of 0.1: 90 and 80 %.
  expect(text).toMatch(/distilled AUC 0\.9250 0\.0250 0\.0354 2\.00 /);
  expect(text).toMatch(/distilled TAR at FMR 0\.1 85\.00 % 5\.00 % 7\.07 % 2\.00 /);
  expect(text).toContain('no group has a value');
});

test('spreads is absent where nothing was measured beside accuracy, or no spread of it', () => {
  expect(spreads.draw(COMPARISONS['no metric']!)).toBeUndefined();
  const comparison = COMPARISONS['one model']!;
  const models = comparison.models.map(model => ({ ...model, spreads: [], acrossGroups: [] }));
  expect(spreads.draw({ ...comparison, models })).toBeUndefined();
});
