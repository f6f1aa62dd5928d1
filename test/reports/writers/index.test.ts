import { describe, expect, test } from '@jest/globals';
import { REPORTS } from '../../../src/reports/writers';
import { PAGES } from '../../../src/reports/writers/pages';
import { textTable } from '../../../src/reports/writers/text-table';
import { compareModels } from '../../../src/reports/compare';
import { comparedModel, pairsWithErrors } from '../../helpers/evaluations';

const comparison = compareModels(
  ['one', 'two'].map(label =>
    comparedModel({ label, role: 'other' }, pairsWithErrors({ A: new Array<number>(10).fill(1) })),
  ),
  { title: 'A title', notes: '' },
);

const ALL = [...REPORTS, ...PAGES, textTable];

describe('reports', () => {
  test('have names and files of their own', () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    expect(new Set(ALL.map(({ file }) => file)).size).toBe(ALL.length);
  });

  test.each(ALL.map(each => [each.name, each] as const))(
    '%s names every model and its accuracy, the same each time',
    (_, each) => {
      const text = each.render(comparison);
      for (const expected of ['one', 'two', '95']) expect(text).toContain(expected);
      expect(each.render(comparison)).toBe(text);
    },
  );
});
