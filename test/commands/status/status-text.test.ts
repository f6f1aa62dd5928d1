import { describe, expect, test } from '@jest/globals';
import { statusText, type Status } from '../../../src/commands/status/status-text';
import type { RunRecord } from '../../../src/workflow/history/run-record';
import { plannedStep } from '../helpers/pipeline-of';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const OPTIONS = { cwd: '/proj', now: NOW };
const PRESENT = {
  key: 'ab'.repeat(32),
  run: '20261124-080000-amber-otter',
  finished: '2026-11-24T08:10:00Z',
  bytes: 1234,
  accepted: null,
};
const RUN: RunRecord = {
  kind: 'fairdistill-run',
  format: 1,
  id: '20261124-080000-amber-otter',
  pipeline: 'toy',
  file: '/proj/toy.yaml',
  command: ['pipeline', 'run', 'toy'],
  started: '2026-11-24T08:00:00Z',
  finished: '2026-11-24T08:10:00Z',
  outcome: 'failed',
  exit: 1,
  params: {},
  profiles: [],
  engine: '',
  process: { host: 'here', pid: 7, started: null },
  git: null,
  stages: [
    {
      stage: 'b',
      uses: 'x',
      status: 'failed',
      key: null,
      object: null,
      digest: null,
      seconds: null,
      bytes: null,
      options: {},
      metrics: {},
    },
  ],
};
const STATUS: Status = { pipeline: 'toy', file: '/proj/toy.yaml', stages: [], lastRun: { record: RUN, alive: false } };

describe('statusText()', () => {
  test('tells per stage what is there, whether the file has moved on, and what runs', () => {
    const reason = { leaf: 'x', before: '1', after: '2', text: 'options.seed 1 → 2', places: [], chain: [] };
    const holder = { host: 'here', pid: 12, run: '20261124-095500-brave-heron', since: '2026-11-24T09:57:00Z' };
    const stages = [
      { planned: plannedStep('a', { state: 'hit' }), present: PRESENT, holder: null },
      { planned: plannedStep('b', { because: [reason] }), present: PRESENT, holder },
      { planned: plannedStep('c', { state: 'pending', key: null }), present: null, holder: null },
      { planned: plannedStep('d', { state: 'hit' }), present: { ...PRESENT, key: 'ff' }, holder: null },
    ];
    expect(statusText({ ...STATUS, stages }, OPTIONS)).toBe(`toy (toy.yaml)

  a  1 h ago        1.2 kB  run amber-otter  up to date
  b  1 h ago        1.2 kB  run amber-otter  running (started 3 min ago by run brave-heron, process 12 on here); out of date: options.seed 1 → 2
  c  no result yet                           may change with its inputs
  d  1 h ago        1.2 kB  run amber-otter  another result matches the file; a run will show it

2 of 4 stages up to date, 1 running now
last run: amber-otter, failed (exit 1) 1 h ago after 10 min 00 s; failed: b
`);
  });

  test('puts the cells of a matrix together unless all are wanted', () => {
    const stages = [1, 2, 3].map(seed => ({
      planned: plannedStep(`s@n=${seed}`, { state: seed === 1 ? 'hit' : 'miss' }),
      present: seed === 1 ? PRESENT : null,
      holder: null,
    }));
    expect(statusText({ ...STATUS, stages }, OPTIONS)).toMatch(/ {2}s@… {2}3 cells +1 made; 1 hit, 2 miss\n/);
    expect(statusText({ ...STATUS, stages }, { ...OPTIONS, all: true }).match(/s@n=/g)).toHaveLength(3);
  });

  test.each([
    [null, 'last run: none'],
    [
      { record: { ...RUN, finished: null }, alive: true },
      'last run: amber-otter, running (started 2 h ago, process 7 on here)',
    ],
    [{ record: { ...RUN, finished: null }, alive: false }, 'was killed; to resume, run: pipeline run toy'],
    [
      { record: { ...RUN, started: 'nonsense' }, alive: false },
      'last run: amber-otter, failed (exit 1) 1 h ago; failed: b',
    ],
  ])('tells of the last run %#', (lastRun, expected) => {
    expect(statusText({ ...STATUS, lastRun }, OPTIONS)).toContain(expected);
  });
});
