import { describe, expect, test } from '@jest/globals';
import { parseCsv } from '../../../src/kit/text/csv';
import { PAGES } from '../../../src/reports/pages';
import { WRITERS } from '../../../src/reports/writers';
import { checkWriter } from '../../contracts/writer';
import { COMPARISONS, HOSTILE } from '../../helpers/comparisons';

for (const name of WRITERS.names) checkWriter(name, WRITERS.members[name]);

test('writers and pages have files of their own', () => {
  const files = [
    ...WRITERS.names.map(name => WRITERS.members[name].file),
    ...PAGES.names.map(name => PAGES.members[name].file),
  ];
  expect(new Set(files).size).toBe(files.length);
});

describe('csv', () => {
  const rowsOf = (name: string) => parseCsv(WRITERS.members.csv.render(COMPARISONS[name]!));

  test('has a line for each model and group, with a column for each number that was measured', () => {
    const [head, ...rows] = rowsOf('three models and two groups');
    expect(rows).toHaveLength(6);
    expect(head!.slice(-5)).toEqual(['auc', 'eer', 'tar_at_fmr_0.1', 'tar_at_fmr_0.01', 'tar_at_fmr_0.001']);
    // 100 genuine and 100 impostor pairs; 10 genuine ones score as impostors: AUC = 0.9 + 0.1 / 2. At an FMR of 0.1, 90 match.
    const first = Object.fromEntries(head!.map((name, i) => [name, rows[0]![i]]));
    expect(first).toMatchObject({ label: 'distilled', group: 'A', auc: '0.95', 'tar_at_fmr_0.1': '0.9' });
    expect(first['tar_at_fmr_0.001']).toBe('');
  });

  test('has none where nothing was, and keeps hostile names in their fields', () => {
    expect(rowsOf('no metric')[0]!.at(-1)).toBe('fnmr_at_global_threshold');
    expect(rowsOf('hostile names')[1]!.slice(0, 3)).toEqual([`${HOSTILE}distilled`, 'distilled', HOSTILE]);
  });
});

test('json holds the measurements of every model, and what they mean', () => {
  const { models } = JSON.parse(WRITERS.members.json.render(COMPARISONS['one model']!)) as {
    models: { metrics: { metric: string }[]; measurements: object[] }[];
  };
  expect(models[0]!.metrics.map(({ metric }) => metric)).toEqual(['accuracy', 'auc', 'eer', 'tar-at-fmr']);
  expect(models[0]!.measurements).toContainEqual({ metric: 'auc', group: 'A', value: 0.95 });
});
