import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors';
import { findRun } from '../../../src/workflow/history/find-run';
import { runRecord } from '../../helpers/run-records';

const RUNS = ['20261124-101500-amber-otter', '20261124-090000-calm-crab', '20261123-090000-bold-bison'].map(id =>
  runRecord(id),
);

function codeOf(wanted: string, runs = RUNS): string {
  try {
    return `found ${findRun(runs, wanted).id}`;
  } catch (error) {
    return error instanceof UserError ? `${error.code} ${error.exit}` : String(error);
  }
}

describe('findRun()', () => {
  test('knows a run by its name, its id, the beginning of that, and its place', () => {
    expect(findRun(RUNS, 'calm-crab').id).toBe('20261124-090000-calm-crab');
    expect(findRun(RUNS, '20261124-101500-amber-otter')).toBe(RUNS[0]);
    expect(findRun(RUNS, '20261123')).toBe(RUNS[2]);
    expect(findRun(RUNS, 'latest')).toBe(RUNS[0]);
    expect(findRun(RUNS, '-1')).toBe(RUNS[0]);
    expect(findRun(RUNS, '-3')).toBe(RUNS[2]);
  });

  test('refuses to guess between several', () => {
    expect(codeOf('20261124')).toBe('ambiguous-run 2');
    const twins = [...RUNS, runRecord('20261101-000000-calm-crab')];
    expect(codeOf('calm-crab', twins)).toBe('ambiguous-run 2');
    // A whole id is never ambiguous, though another may begin with it.
    expect(codeOf('20261101-000000-calm-crab', twins)).toBe('found 20261101-000000-calm-crab');
  });

  test('says what is near when there is none', () => {
    expect(codeOf('red-panda')).toBe('unknown-run 2');
    expect(() => findRun(RUNS, 'amber-oter')).toThrow('did you mean "amber-otter"?');
  });

  test.each(['', '-4', '-0', '20261124-101500-amber-otter-'])('finds nothing for %j', wanted => {
    expect(codeOf(wanted)).toBe('unknown-run 2');
  });

  test('finds nothing where there are no runs', () => {
    expect(codeOf('latest', [])).toBe('unknown-run 2');
    expect(() => findRun([], 'latest')).toThrow('there are no runs');
  });
});
