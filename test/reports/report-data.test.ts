import { expect, test } from '@jest/globals';
import { compareModels } from '../../src/reports/compare';
import type { Role } from '../../src/data/evaluation';
import { readReportData, writeReportData } from '../../src/reports/report-data';
import { html as htmlReport } from '../../src/reports/pages/html';
import { comparedModel, pairsWithErrors } from '../helpers/evaluations';

const model = (label: string, role: Role, A: number, B: number) =>
  comparedModel(
    { label, role },
    pairsWithErrors({ A: new Array<number>(10).fill(A), B: new Array<number>(10).fill(B) }),
  );

test.each([
  ['one model', [model('only', 'other', 1, 2)]],
  ['models of which none is shown to be best', [model('d', 'distilled', 1, 2), model('p', 'plain', 1, 2)]],
  ['a best one', [model('d', 'distilled', 0, 1), model('p', 'plain', 6, 7), model('t', 'teacher', 0, 0)]],
  ['one that does not recognise', [model('d', 'distilled', 10, 10), model('p', 'plain', 1, 1)]],
])('the page of %s is the same from what is written for it', (_, models) => {
  const comparison = compareModels(models, { title: 'A & B', notes: 'Some notes' });
  expect(htmlReport.render(readReportData(writeReportData(comparison)))).toBe(htmlReport.render(comparison));
});

test('a number that JSON cannot hold is refused', () => {
  const comparison = compareModels([model('only', 'other', 1, 2)], { title: '', notes: '' });
  const [first] = comparison.models;
  const wrong = { ...comparison, models: [{ ...first!, overall: { ...first!.overall, mean: Infinity } }] };
  expect(() => writeReportData(wrong)).toThrow('mean is Infinity, want a finite number or null');
});
