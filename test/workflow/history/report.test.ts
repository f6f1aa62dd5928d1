import { describe, expect, test } from '@jest/globals';
import { renderReport } from '../../../src/workflow/history/report';
import { emptyTimeline, addEvent } from '../../../src/workflow/history/run-timeline';
import type { Failure, RunEventBody } from '../../../src/workflow/run/events';
import { runRecord, stageRecord } from '../../helpers/run-records';

const FOLDER = '/proj/artifacts/runs/20261124-101500-amber-otter';
const ERROR: Failure = {
  message: 'Cannot read <x>.jpg',
  class: 'your data',
  code: 'corrupt',
  exit: 1,
  item: 'row 7',
  log: ['last words'],
  logFile: null,
  rerun: 'pipeline run toy.yaml embed',
};

/** A timeline of events that are so many seconds after the start. */
function timeline(
  events: readonly (readonly [seconds: number, event: RunEventBody])[],
): ReturnType<typeof emptyTimeline> {
  const told = emptyTimeline();
  const ids = ['align', 'embed', 'later'];
  const stages = ids.map(id => ({ id, uses: 'say', needs: [] }));
  const common = { format: 1, run: 'r', runFolder: FOLDER, pipeline: 'toy', file: '/t', jobs: 1 } as const;
  const all: typeof events = [[0, { type: 'run-started', ...common, stages }], ...events];
  for (const [seconds, event] of all) addEvent(told, { time: new Date(1000 * seconds).toISOString(), ...event });
  return told;
}

const started = (stage: string): RunEventBody => ({
  type: 'stage-started',
  stage,
  uses: 'say',
  key: 'k',
  attempt: 1,
  gpus: [],
});
const result = { key: 'k', digest: 'sha256:0', folder: '/proj/artifacts/toy/align', seconds: 1, bytes: 1, metrics: {} };
const holder = { host: 'box', pid: 1, run: '20261124-101400-calm-crab', since: '2026' };

describe('addEvent()', () => {
  test('knows when each stage was worked on, waited for, tried again and reused', () => {
    const { stages } = timeline([
      [1, { type: 'stage-waiting', stage: 'align', key: 'k', holder }],
      [3, { type: 'stage-reused', stage: 'align', ageMs: 0, run: 'r', ...result }],
      [3, started('embed')],
      [5, { type: 'stage-retry', stage: 'embed', attempt: 1, delay: 1, error: ERROR }],
      [6, started('embed')],
      [9, { type: 'stage-failed', stage: 'embed', attempt: 2, seconds: 3, error: ERROR }],
      [9, { type: 'stage-skipped', stage: 'later', because: 'embed' }],
    ]);
    const spansOf = (stage: string): string[] =>
      stages.get(stage)!.spans.map(({ what, from, to }) => `${what} ${from / 1000}-${to / 1000}`);
    expect(spansOf('align')).toEqual(['waiting 1-3', 'reused 3-3']);
    expect(spansOf('embed')).toEqual(['failed 3-5', 'failed 6-9']);
    expect(spansOf('later')).toEqual([]);
    expect(stages.get('later')?.skippedBecause).toBe('embed');
  });

  test('takes no harm from events of a stage that the run does not have', () => {
    expect([...timeline([[1, started('stranger')]]).stages.keys()]).toEqual(['align', 'embed', 'later']);
  });
});

describe('renderReport()', () => {
  const stages = [
    stageRecord('align', { status: 'reused', metrics: { faces: 12 } }),
    stageRecord('embed', { status: 'failed', object: null, digest: null, seconds: null, bytes: null }),
    stageRecord('later', { status: 'not run', key: null, object: null, seconds: null, bytes: null }),
  ];
  const record = runRecord('20261124-101500-amber-otter', {
    outcome: 'failed',
    exit: 1,
    params: { seed: 3 },
    git: { commit: 'abcdef0123456789abcd', branch: 'trial', dirty: true },
    stages,
  });
  const told = timeline([
    [0, started('align')],
    [
      2,
      {
        type: 'stage-finished',
        stage: 'align',
        amount: null,
        peakMemory: null,
        rows: { reused: 3, total: 4 },
        ...result,
      },
    ],
    [2, started('embed')],
    [8, { type: 'stage-failed', stage: 'embed', attempt: 1, seconds: 6, error: ERROR }],
  ]);
  const page = renderReport(record, told, FOLDER);

  test('tells outcome, command, git, parameters, failures and what to do', () => {
    for (const text of [
      'amber-otter',
      'failed',
      'pipeline run toy',
      'abcdef012345',
      'diff.patch',
      'params.seed',
      'row 7',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('Cannot read &lt;x&gt;.jpg');
    expect(page).toContain('3 of 4 rows reused');
    expect(page).toContain('Run it again: <code>pipeline run toy.yaml embed</code>');
  });

  test('has a bar for each time of work, in scale', () => {
    const bars = [...page.matchAll(/<rect[^>]*class="(\w+)"[^>]*x="([\d.]+)"[^>]*width="([\d.]+)"/g)].map(
      ([, what, x, width]) => ({ what, x: Number(x), width: Number(width) }),
    );
    const [align, embed] = bars;
    expect(bars.map(({ what }) => what)).toEqual(['executed', 'failed']);
    expect(embed!.width / align!.width).toBeCloseTo(3, 1);
    expect(embed!.x).toBeCloseTo(align!.x + align!.width, 0);
  });

  test('leads to the results by relative addresses, and loads nothing', () => {
    expect(page).toContain('href="../../toy/index.html"');
    expect(page).toContain('href="../../.store/objects/o1/"');
    expect(page).not.toMatch(/https?:|<script|<link|@import|src=/);
  });

  test('shows the pictures of the very objects that the run came to', () => {
    const asked: string[] = [];
    const picturesIn = (folder: string) => (asked.push(folder), [{ file: 'a b.svg', caption: 'A < B' }]);
    const text = renderReport(record, told, FOLDER, picturesIn);
    expect(asked).toEqual(['/proj/artifacts/.store/objects/o1']);
    expect(text).toContain('src="../../.store/objects/o1/pictures/a%20b.svg" alt="A &lt; B"');
    // A browser must be allowed to load them.
    expect(text).not.toContain("default-src 'none'");
  });

  test('escapes names that would be markup', () => {
    const evil = '"><script>alert(1)</script>';
    const text = renderReport(
      runRecord(evil, { pipeline: evil, stages: [stageRecord(evil, { uses: evil })] }),
      told,
      FOLDER,
    );
    expect(text).not.toContain('<script');
  });

  test('is a page also for a run in which nothing happened', () => {
    const text = renderReport(runRecord('x'), emptyTimeline(), FOLDER);
    expect(text).toContain('Nothing was done');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});
