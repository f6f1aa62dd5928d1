import { describe, expect, test } from '@jest/globals';
import { REPORTS } from '../../../src/reports/writers';
import { compareModels } from '../../../src/reports/compare';
import { comparedModel, pairsWithErrors } from '../../helpers/evaluations';

const comparison = compareModels(
  ['one', 'two'].map(label =>
    comparedModel({ label, role: 'other' }, pairsWithErrors({ A: new Array<number>(10).fill(1) })),
  ),
  { title: 'A title', notes: '' },
);

describe('REPORTS', () => {
  test('have names and files of their own', () => {
    expect(new Set(REPORTS.map(({ name }) => name)).size).toBe(REPORTS.length);
    expect(new Set(REPORTS.map(({ file }) => file)).size).toBe(REPORTS.length);
  });

  test.each(REPORTS.map(each => [each.name, each] as const))(
    '%s names every model and its accuracy, the same each time',
    (_, each) => {
      const text = each.render(comparison);
      for (const expected of ['one', 'two', '95']) expect(text).toContain(expected);
      expect(each.render(comparison)).toBe(text);
    },
  );
});
