import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { thisProcess, type ProcessIdentity } from '../../../src/workflow/store/leases/process-identity';
import { listRuns, stateOf } from '../../../src/workflow/history/read-runs';
import { runsText } from '../../../src/workflow/history/runs-text';
import { sealedText } from '../../../src/kit/files/sealed-json';
import { runRecord, stageRecord } from '../../helpers/run-records';

const ID = '20261124-101500-amber-otter';

let root: string;
let told: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fairdistill-'));
  told = [];
});

function keep(id: string, text: string): void {
  mkdirSync(join(root, 'runs', id), { recursive: true });
  writeFileSync(join(root, 'runs', id, 'run.json'), text);
}

const list = () => listRuns(root, text => void told.push(text));

describe('listRuns()', () => {
  test('is empty where nothing ever ran', async () => {
    expect(await list()).toEqual([]);
    expect(told).toEqual([]);
  });

  test('has the newest first, with all that was kept', async () => {
    const records = [ID, '20261123-101500-calm-crab', '20261125-000000-bold-bison'].map(id =>
      runRecord(id, { stages: [stageRecord('a')] }),
    );
    for (const record of records) keep(record.id, sealedText(record));
    expect(await list()).toEqual([records[2], records[0], records[1]]);
  });

  const damaged: readonly (readonly [what: string, text: string])[] = [
    ['nothing', ''],
    ['no JSON', '{"kind": '],
    ['a list', '[]'],
    ['no seal', JSON.stringify(runRecord(ID))],
    ['one byte changed', sealedText(runRecord(ID)).replace('"exit": 0', '"exit": 1')],
    ['cut off', sealedText(runRecord(ID)).slice(0, 200)],
    ['something else', sealedText({ ...runRecord(ID), kind: 'x' })],
    ['a newer format', sealedText({ ...runRecord(ID), format: 2 })],
    ['another run', sealedText(runRecord('20261124-101500-calm-crab'))],
    ['a stage without options', sealedText({ ...runRecord(ID), stages: [{ stage: 'a', status: 'done' }] })],
    ['params that are a list', sealedText({ ...runRecord(ID), params: [] as never })],
  ];
  test.each(damaged)('leaves out a record that is %s, and says so', async (_, text) => {
    keep(ID, text);
    keep('20261123-101500-calm-crab', sealedText(runRecord('20261123-101500-calm-crab')));
    expect((await list()).map(({ id }) => id)).toEqual(['20261123-101500-calm-crab']);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(new RegExp(`^run ${ID} is left out: `));
  });

  test('leaves out folders without a record, links in its place, and what is no run', async () => {
    mkdirSync(join(root, 'runs', ID, 'stages'), { recursive: true });
    mkdirSync(join(root, 'runs', '20261124-101501-calm-crab', 'run.json'), { recursive: true });
    mkdirSync(join(root, 'runs', '20261124-101502-bold-bison'));
    symlinkSync('/etc/hostname', join(root, 'runs', '20261124-101502-bold-bison', 'run.json'));
    writeFileSync(join(root, 'runs', 'notes.txt'), 'mine');
    expect(await list()).toEqual([]);
    expect(told).toHaveLength(3);
  });

  test('says nothing of a run that was killed before it had written its record', async () => {
    mkdirSync(join(root, 'runs', ID), { recursive: true });
    mkdirSync(join(root, 'runs', '20261124-101501-calm-crab'));
    writeFileSync(join(root, 'runs', '20261124-101501-calm-crab', 'run.json.17.tmp'), '{"kind": "fair');
    expect(await list()).toEqual([]);
    expect(told).toEqual([]);
  });
});

describe('listRuns() of a run that has not ended', () => {
  const unfinished = runRecord(ID, { finished: null, outcome: 'running', exit: null });
  const events = (...lines: readonly (object | string)[]): void => {
    keep(ID, sealedText(unfinished));
    const text = lines
      .map(line => (typeof line === 'string' ? line : JSON.stringify({ time: 't', ...line })))
      .join('\n');
    writeFileSync(join(root, 'runs', ID, 'events.jsonl'), text);
  };
  const started = { type: 'run-started', stages: ['a', 'b'].map(id => ({ id, uses: 'say', needs: [] })) };
  const finished = {
    type: 'stage-finished',
    stage: 'a',
    key: 'k',
    digest: 'd',
    seconds: 1,
    bytes: 2,
    metrics: { loss: 1 },
  };

  test('knows from the events what became of its stages, up to a line that was cut off', async () => {
    events(started, { type: 'stage-progress', stage: 'b' }, finished, '{"type":"stage-finished","stage":"b","me');
    const [run] = await list();
    expect(run?.stages.map(({ stage, status, metrics }) => [stage, status, metrics])).toEqual([
      ['a', 'executed', { loss: 1 }],
      ['b', 'not run', {}],
    ]);
  });

  test.each([
    ['no events', undefined],
    ['stages that are no list', { ...started, stages: 7 }],
    ['metrics that are a text', [started, { ...finished, metrics: 'x' }]],
    ['nothing but noise', 'null\n"type":"run-started"\n[]'],
  ])('has no stages when there are %s', async (_, lines) => {
    if (lines === undefined) keep(ID, sealedText(unfinished));
    else events(...[lines].flat());
    expect((await list())[0]).toEqual({ ...unfinished, heard: expect.any(Number) });
    expect(told).toEqual([]);
  });
});

describe('stateOf()', () => {
  const running = { finished: null, outcome: 'running', exit: null } as const;

  const NOW = Date.parse('2026-11-24T12:15:00.000Z');
  const stateIn = (process: Partial<ProcessIdentity>, heard?: number) =>
    stateOf(runRecord(ID, { ...running, process: { ...thisProcess(), ...process }, heard }), NOW);

  test('knows a run that was killed by its process', () => {
    expect(stateIn({})).toBe('running');
    expect(stateIn({ pid: 0 })).toBe('killed');
    expect(stateIn({ started: '1' })).toBe('killed');
    expect(stateOf(runRecord(ID, { process: { ...thisProcess(), pid: 0 } }), NOW)).toBe('done');
  });

  test('knows one in another container, or on another machine, by its signs of life', () => {
    for (const process of [{ namespace: 'pid:[1] time:[1]' }, { boot: 'another' }, { host: 'x', boot: null }]) {
      const after = (seconds: number) => stateIn({ ...process, pid: 0 }, NOW - 1000 * seconds);
      expect([after(-5), after(59)]).toEqual(['running', 'running']);
      expect([after(60), after(86_399)]).toEqual(['silent', 'silent']);
      expect([after(86_400), stateIn({ ...process, pid: 0 })]).toEqual(['killed', 'killed']);
    }
  });

  test('hears a run by the file that its process touches', async () => {
    keep(ID, sealedText(runRecord(ID, running)));
    const [run] = await list();
    expect(Math.abs(run!.heard! - Date.now())).toBeLessThan(600_000);
  });
});

describe('runsText()', () => {
  const now = Date.parse('2026-11-24T12:15:00.000Z');

  test('has a line for each run, with the parameters that differ within its pipeline', () => {
    const stages = (['reused', 'reused', 'executed', 'failed', 'not run'] as const).map(status =>
      stageRecord(status, { status }),
    );
    const runs = [
      runRecord(ID, { params: { seed: 2, loss: { margin: 0.5 } }, stages, outcome: 'failed' }),
      runRecord('20261124-101400-calm-crab', { params: { seed: 1, loss: { margin: 0.5 } } }),
      runRecord('20261123-101500-bold-bison', {
        pipeline: 'other',
        params: { seed: 7 },
        finished: null,
        outcome: 'running',
        heard: now - 1000,
      }),
    ];
    expect(runsText(runs, { now, columns: 120 }).trimEnd().split('\n')).toEqual([
      'run                              age  pipeline  outcome  reused  ran  failed        time  differs in',
      '20261124-101500-amber-otter  2 h ago  toy       failed        2    1       1  1 min 30 s  seed=2',
      '20261124-101400-calm-crab    2 h ago  toy       done                          1 min 30 s  seed=1',
      '20261123-101500-bold-bison   2 h ago  other     running',
    ]);
  });

  test('keeps within the window, and says when there are none', () => {
    const params = (seed: number) => ({ params: { seed, text: `${seed}\u001b`.repeat(500) } });
    const text = runsText([runRecord(ID, params(1)), runRecord(ID, params(2))], { now, columns: 120 });
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(120);
    expect(text).not.toContain('\u001b');
    expect(runsText([], { now, columns: 80 })).toBe('There are no runs yet.\n');
  });
});
