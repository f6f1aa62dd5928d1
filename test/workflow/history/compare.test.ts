import { describe, expect, test } from '@jest/globals';
import { compareRuns, sortRuns } from '../../../src/workflow/history/compare';
import { compareText } from '../../../src/workflow/history/compare-text';
import { runRecord, stageRecord } from '../../helpers/run-records';

const A = runRecord('20261124-101500-amber-otter', {
  params: { seed: 1, share: 0.7 },
  stages: [
    stageRecord('train', { options: { margin: { mean: 0.5 }, widths: [1, 2] }, metrics: { loss: 1.25, steps: 100 } }),
    stageRecord('report', { metrics: { accuracy: { African: 0.91, Asian: 0.92 } }, digest: 'sha256:aaaa' }),
  ],
});
const B = runRecord('20261124-111500-calm-crab', {
  params: { seed: 2, share: 0.7 },
  stages: [
    stageRecord('train', { options: { margin: { mean: 0.5 }, widths: [1, 3] }, metrics: { loss: 1.5, steps: 100 } }),
    stageRecord('report', { metrics: { accuracy: { African: 0.9125, Asian: 0.92 } }, digest: 'sha256:bbbb' }),
  ],
});
/** Another pipeline, which has no stage in common but one. */
const C = runRecord('20261124-121500-bold-bison', { stages: [stageRecord('report', { digest: null })] });

describe('compareRuns()', () => {
  test('has a row for each parameter, option, metric and result, and knows which changed', () => {
    const rows = compareRuns([A, B]).rows.map(({ kind, stage, name, values, changed }) =>
      [kind, stage, name, values, changed].map(part => JSON.stringify(part)).join(' '),
    );
    expect(rows).toEqual([
      '"param" null "seed" [1,2] true',
      '"param" null "share" [0.7,0.7] false',
      '"option" "train" "margin.mean" [0.5,0.5] false',
      '"option" "train" "widths" [[1,2],[1,3]] true',
      '"metric" "train" "loss" [1.25,1.5] true',
      '"metric" "train" "steps" [100,100] false',
      '"result" "train" "result" ["sha256:1111111111111111","sha256:1111111111111111"] false',
      '"metric" "report" "accuracy.African" [0.91,0.9125] true',
      '"metric" "report" "accuracy.Asian" [0.92,0.92] false',
      '"result" "report" "result" ["sha256:aaaa","sha256:bbbb"] true',
    ]);
  });

  test('tells what is missing from what is null', () => {
    const withNull = runRecord('x', { params: { seed: null } });
    const [row] = compareRuns([runRecord('y'), withNull]).rows;
    expect(row).toMatchObject({ name: 'seed', values: [undefined, null], changed: true });
  });

  test('compares one run, and none', () => {
    expect(compareRuns([A]).rows.every(({ changed }) => !changed)).toBe(true);
    expect(compareRuns([])).toEqual({ runs: [], rows: [] });
  });

  test('leaves the runs as they were', () => {
    const before = JSON.stringify([A, B]);
    compareRuns([A, B]);
    expect(JSON.stringify([A, B])).toBe(before);
  });
});

describe('sortRuns()', () => {
  const idsBy = (metric: string, runs = [C, A, B]): string[] =>
    sortRuns(compareRuns(runs), metric).runs.map(({ id }) => id.slice(16));

  test('puts the highest first, or the lowest, and last what has no such metric', () => {
    expect(idsBy('report.accuracy.African')).toEqual(['calm-crab', 'amber-otter', 'bold-bison']);
    expect(idsBy('-report.accuracy.African')).toEqual(['amber-otter', 'calm-crab', 'bold-bison']);
  });

  test('takes the values along', () => {
    const row = sortRuns(compareRuns([A, B]), 'loss').rows.find(({ name }) => name === 'loss');
    expect(row?.values).toEqual([1.5, 1.25]);
  });

  test('knows a metric by the end of its name, if that is enough', () => {
    expect(idsBy('African')).toEqual(['calm-crab', 'amber-otter', 'bold-bison']);
    const twice = runRecord('z', { stages: ['a', 'b'].map(id => stageRecord(id, { metrics: { loss: 1 } })) });
    expect(() => idsBy('loss', [twice])).toThrow(expect.objectContaining({ code: 'ambiguous-metric' }));
  });

  test('says what there is when there is no such metric', () => {
    expect(() => idsBy('acuracy.African')).toThrow(expect.objectContaining({ code: 'unknown-metric' }));
    expect(() => idsBy('acuracy.African')).toThrow('did you mean "accuracy.African"?');
    expect(() => idsBy('loss', [C])).toThrow('these runs have none');
  });
});

describe('compareText()', () => {
  test('has a column for each run and the difference from the first beside metrics', () => {
    expect(compareText(compareRuns([A, B]), { onlyChanged: false, columns: 80 })).toBe(
      [
        '                     amber-otter     calm-crab',
        'params',
        '* seed                         1             2',
        '  share                      0.7           0.7',
        'train options',
        '  margin.mean                0.5           0.5',
        '* widths                    1, 2          1, 3',
        'train metrics',
        '* loss                      1.25           1.5 (+0.25)',
        '  steps                      100           100',
        '  result            111111111111  111111111111',
        'report metrics',
        '* accuracy.African          0.91        0.9125 (+0.0025)',
        '  accuracy.Asian            0.92          0.92',
        '* result                    aaaa          bbbb',
        '',
      ].join('\n'),
    );
  });

  test('leaves out what is the same when asked to', () => {
    const text = compareText(compareRuns([A, B]), { onlyChanged: true, columns: 80 });
    expect(text).toContain('seed');
    expect(text).not.toMatch(/share|margin|steps|Asian/);
    expect(compareText(compareRuns([A, A]), { onlyChanged: true, columns: 80 })).toBe('These runs do not differ.\n');
  });

  test('shows runs that have no room below the others, and keeps within the window', () => {
    const text = compareText(compareRuns([A, B, C, A, B, C]), { onlyChanged: false, columns: 70 });
    expect(text.match(/amber-otter/g)).toHaveLength(2);
    expect(text.split('\n\n').length).toBeGreaterThan(1);
    expect(text.split('\n').filter(line => line.length > 70)).toEqual([]);
  });

  test('cuts values further where that keeps the runs side by side', () => {
    const run = (id: string) => runRecord(id, { params: { list: Array(40).fill(7) as number[] } });
    const widthOf = (columns: number): number => {
      const text = compareText(compareRuns([run('a'), run('b')]), { onlyChanged: false, columns });
      expect(text.split('\n\n')).toHaveLength(1);
      return Math.max(...text.split('\n').map(line => line.length));
    };
    expect(widthOf(80)).toBe(66);
    expect(widthOf(60)).toBe(50);
    expect(widthOf(40)).toBe(34);
  });

  test('clips what is long and lets nothing act on the terminal', () => {
    const run = runRecord('evil', {
      params: { ['\u001b[2J']: 'x'.repeat(5000), list: Array(5000).fill(1) as number[] },
    });
    const text = compareText(compareRuns([run]), { onlyChanged: false, columns: 80 });
    expect(text).not.toContain('\u001b');
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(80);
  });

  test('is content with no runs', () => {
    expect(compareText(compareRuns([]), { onlyChanged: false, columns: 80 })).toBe('There is nothing to compare.\n');
  });
});
