import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CheckedStep } from '../../../src/workflow/configuration/checked-pipeline';
import { listRuns, stateOf } from '../../../src/workflow/history/read-runs';
import { beginRun, type RunEffects, type RunFolder } from '../../../src/workflow/history/run-folder';
import type { RunAbout } from '../../../src/workflow/history/run-files';
import type { RunEventBody } from '../../../src/workflow/run/events';
import { sha256Text } from '../../../src/kit/files/sha256';
import { recordingEffects, type Recording } from '../../helpers/effects';
import { stageRecord } from '../../helpers/run-records';

const SECRET = 'hunter2-"quoted"&more';

let root: string;
let recording: Recording;
let effects: RunEffects;
let warnings: string[];

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'fairdistill-')));
  recording = recordingEffects();
  warnings = [];
  let names = 0;
  effects = {
    ...recording.effects,
    env: { PATH: process.env['PATH'], HOME: root, PASSWORD: 'not declared' },
    randomName: () => (names++).toString(16).padStart(8, '0'),
    redact: text => text.replaceAll(SECRET, '***'),
    warn: text => void warnings.push(text),
  };
});

function about(changes: Partial<RunAbout> = {}): RunAbout {
  const pipeline = {
    name: 'toy',
    steps: [],
    profiles: [],
    secrets: {},
    file: join(root, 'toy.yaml'),
    sources: [
      { path: join(root, 'toy.yaml'), text: 'stages: {}\n' },
      { path: '/elsewhere/toy.yaml', text: 'extended: true\n' },
    ],
    params: { seed: 3 },
  };
  return {
    pipeline,
    resolved: 'resolved: true\n',
    command: ['pipeline', 'run', 'toy'],
    engine: '',
    versions: { yaml: '2' },
    ...changes,
  };
}

function take(run: RunFolder, ...events: readonly RunEventBody[]): void {
  for (const event of events) run.take({ time: new Date(effects.now()).toISOString(), ...event });
}

function begun(run: RunFolder, ...ids: readonly string[]): void {
  const stages = ids.map(id => ({ id, uses: 'say', needs: [] }));
  take(run, {
    type: 'run-started',
    format: 1,
    run: run.id,
    runFolder: run.folder,
    pipeline: 'toy',
    file: '/t',
    stages,
    jobs: 1,
  });
}

const progress = (done: number, stage = 'a'): RunEventBody => ({ type: 'stage-progress', stage, done, unit: 'words' });
const log = (text: string): RunEventBody => ({ type: 'stage-log', stage: 'a', level: 'warn', text });
const read = (run: RunFolder, ...path: readonly string[]): string => readFileSync(join(run.folder, ...path), 'utf8');
const events = (run: RunFolder): RunEventBody[] =>
  read(run, 'events.jsonl')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as RunEventBody);

describe('beginRun()', () => {
  test('writes what is known before the run starts', async () => {
    const run = beginRun(root, about(), effects);
    expect(read(run, 'pipeline.source.yaml')).toBe('stages: {}\n');
    expect(read(run, 'sources', '1-toy.yaml')).toBe('extended: true\n');
    expect(read(run, 'pipeline.resolved.yaml')).toBe('resolved: true\n');
    expect(JSON.parse(read(run, 'environment.json'))).toMatchObject({ node: process.version, versions: { yaml: '2' } });
    expect(JSON.parse(read(run, 'run.json'))).toMatchObject({
      id: run.id,
      outcome: 'running',
      finished: null,
      params: { seed: 3 },
      process: { pid: process.pid },
    });
    const [record] = await listRuns(root);
    expect(stateOf(record!, Date.now())).toBe('running');
    await run.finish({ outcome: 'done', exit: 0, stages: [] });
  });

  test('keeps no variable of the environment, and of those that a stage declares the digest', async () => {
    const { pipeline } = about();
    const steps = [{ env: { FLAVOUR: 'vanilla' } } as unknown as CheckedStep];
    const run = beginRun(root, about({ pipeline: { ...pipeline, steps } }), effects);
    await run.finish({ outcome: 'done', exit: 0, stages: [] });
    expect(JSON.parse(read(run, 'environment.json'))).toMatchObject({
      variables: { FLAVOUR: `sha256:${sha256Text('vanilla')}` },
    });
    for (const text of allTexts(run)) expect(text).not.toMatch(/not declared|vanilla/);
  });

  test('gives runs of the same second different ids, and names that no other run has', () => {
    const stuck = { ...effects, randomName: alternate('00000000', '00000000', '00000001') };
    const ids = [beginRun(root, about(), stuck).id, beginRun(root, about(), stuck).id];
    expect(new Set(ids).size).toBe(2);
    recording.pass(5000);
    const later = beginRun(root, about(), { ...effects, randomName: alternate('00000000', '00000001', '00000002') }).id;
    expect(ids.map(id => id.slice(16))).not.toContain(later.slice(16));
  });
});

describe('take()', () => {
  test('keeps the events in order, of progress only the last before a flush', async () => {
    const run = beginRun(root, about(), effects);
    begun(run, 'a');
    take(run, progress(1), progress(2), log('hm'), progress(3));
    recording.pass(200);
    take(run, progress(4), progress(7, 'b'), progress(5));
    await run.finish({ outcome: 'done', exit: 0, stages: [] });
    expect(events(run).map(event => ('done' in event ? `${event.stage} ${event.done}` : event.type))).toEqual([
      'run-started',
      'stage-log',
      'a 3',
      'b 7',
      'a 5',
    ]);
  });

  test('has lines in the file at most 200 ms later, and whole ones only', async () => {
    const run = beginRun(root, about(), effects);
    take(run, log('ä'.repeat(100_000)));
    expect(read(run, 'events.jsonl')).toBe('');
    recording.pass(200);
    expect(read(run, 'events.jsonl').endsWith('\n')).toBe(true);
    expect(events(run)).toHaveLength(1);
    expect(read(run, 'stages', 'a', 'log.txt')).toContain('warn ä');
    await run.finish({ outcome: 'done', exit: 0, stages: [] });
  });

  test('explains each stage, and keeps its key, its log and a link to its object', async () => {
    const run = beginRun(root, about(), effects);
    const reason = {
      leaf: 'options.seed',
      before: '1',
      after: '2',
      text: 'options.seed 1 → 2',
      places: [{ file: '/proj/kd.yaml', line: 41, column: 13, text: '2' }],
      chain: ['a', 'options.seed 1 → 2'],
    };
    const nearest = { key: 'k0', run: 'r0', pipeline: 'toy', step: 'a', finished: '2026', differing: 1, leaves: 9 };
    const plan = { stage: 'a', uses: 'say', needs: [], state: 'miss', key: 'k1', saves: null, expected: null } as const;
    take(run, { type: 'stage-planned', ...plan, because: [reason], nearest });
    run.note('a', { leaves: { 'options.seed': 2 }, object: 'abc' });
    expect(run.logFile('a')).toBeNull();
    run.output('a', 'printed by a library\n');
    expect(run.logFile('a')).toBe(join(run.folder, 'stages', 'a', 'log.txt'));
    await run.finish({ outcome: 'done', exit: 0, stages: [] });
    expect(read(run, 'stages', 'a', 'explain.txt')).toBe(
      [
        'a (say) had to run',
        'key k1',
        'nearest earlier execution: a of toy in run r0, finished 2026; 1 of 9 parts of the key differ',
        '  options.seed 1 → 2  /proj/kd.yaml:41:13',
        '',
      ].join('\n'),
    );
    expect(JSON.parse(read(run, 'stages', 'a', 'key.json'))).toEqual({ 'options.seed': 2 });
    expect(readlinkSync(join(run.stageFolder('a'), 'out'))).toBe('../../../../.store/objects/abc');
    expect(read(run, 'stages', 'a', 'log.txt')).toBe('printed by a library\n');
  });

  test('keeps no secret in any file', async () => {
    const { pipeline } = about();
    const secret = { ...pipeline, params: { token: SECRET, [SECRET]: 1 }, sources: [{ path: '/a', text: SECRET }] };
    const run = beginRun(root, about({ pipeline: secret, resolved: SECRET, command: ['--set', SECRET] }), effects);
    begun(run, 'a');
    run.output('a', `${SECRET}\n`);
    run.note('a', { leaves: { 'options.token': SECRET } });
    const error = {
      message: SECRET,
      class: 'bug',
      code: null,
      exit: 1,
      item: SECRET,
      log: [SECRET],
      logFile: null,
      rerun: SECRET,
    } as const;
    take(run, log(`x ${SECRET}`), { type: 'stage-failed', stage: 'a', seconds: 1, attempt: 1, error });
    const stages = [stageRecord('a', { status: 'failed', options: { token: SECRET }, metrics: { [SECRET]: SECRET } })];
    await run.finish({ outcome: 'failed', exit: 1, stages });
    const texts = allTexts(run);
    expect(texts.length).toBeGreaterThanOrEqual(8);
    for (const text of texts) expect(text).not.toMatch(/hunter2/);
    expect(await listRuns(root)).toHaveLength(1);
  });
});

describe('finish()', () => {
  test('says what became of the run', async () => {
    const run = beginRun(root, about(), effects);
    begun(run, 'a');
    recording.pass(1500);
    await run.finish({ outcome: 'failed', exit: 1, stages: [stageRecord('a', { status: 'failed' })] });
    const [record] = await listRuns(root);
    expect(record).toMatchObject({ outcome: 'failed', exit: 1, finished: '2026-01-01T00:00:01.500Z' });
    expect(record?.stages).toEqual([stageRecord('a', { status: 'failed' })]);
    expect(stateOf(record!, Date.now())).toBe('failed');
    expect(read(run, 'report.html')).toContain('failed');
    expect(warnings).toEqual([]);
  });

  test('is not hindered by a metric that is no number', async () => {
    const run = beginRun(root, about(), effects);
    await run.finish({ outcome: 'done', exit: 0, stages: [stageRecord('a', { metrics: { loss: NaN } })] });
    expect((await listRuns(root))[0]?.stages[0]?.metrics).toEqual({ loss: null });
  });

  test('keeps what git says: commit, branch, changes and the difference', async () => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', ...args], { cwd: root, encoding: 'utf8' });
    git('init', '-q', '-b', 'trial');
    writeFileSync(join(root, 'toy.yaml'), 'one\n');
    writeFileSync(join(root, '.gitignore'), 'runs\n');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const clean = beginRun(root, about(), effects);
    // A busy machine may need longer than a run waits at its end.
    await clean.git;
    await clean.finish({ outcome: 'done', exit: 0, stages: [stageRecord('a')] });
    writeFileSync(join(root, 'toy.yaml'), `two ${SECRET}\n`);
    writeFileSync(join(root, 'new.txt'), '');
    const changed = beginRun(root, about(), effects);
    await changed.git;
    await changed.finish({ outcome: 'done', exit: 0, stages: [stageRecord('a')] });

    const commit = git('rev-parse', 'HEAD').trim();
    const records = await listRuns(root);
    const gitOf = (run: RunFolder): unknown => records.find(({ id }) => id === run.id)?.git;
    expect(gitOf(clean)).toEqual({ commit, branch: 'trial', dirty: false });
    expect(existsSync(join(clean.folder, 'diff.patch'))).toBe(false);
    expect(gitOf(changed)).toEqual({ commit, branch: 'trial', dirty: true });
    expect(read(changed, 'diff.patch')).toContain('-one\n+two ***');
    expect(JSON.parse(read(changed, 'git.json'))).toMatchObject({ untracked: ['new.txt'] });
  });

  test('is content without git, and without a repository', async () => {
    const runs = [{ PATH: '/nowhere' }, { PATH: process.env['PATH'], GIT_DIR: join(process.cwd(), '.git') }].map(env =>
      beginRun(root, about(), { ...effects, env }),
    );
    for (const run of runs) await run.finish({ outcome: 'done', exit: 0, stages: [stageRecord('a')] });
    expect((await listRuns(root)).map(({ git }) => git)).toEqual([null, null]);
    expect(warnings).toEqual([]);
  });
});

describe('a history that cannot be written', () => {
  test('is told once and fails nothing', async () => {
    writeFileSync(join(root, 'runs'), 'a file where the folder should be');
    const run = beginRun(root, about(), effects);
    begun(run, 'a');
    take(run, progress(1), log('x'));
    run.note('a', { leaves: {}, object: 'o' });
    expect(run.stageFolder('a')).toBe(join(run.folder, 'stages', 'a'));
    recording.pass(1000);
    await run.finish({ outcome: 'done', exit: 0, stages: [stageRecord('a')] });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('the history of this run is incomplete');
  });

  test('loses only what has no place', async () => {
    const run = beginRun(root, about(), effects);
    mkdirSync(join(run.folder, 'report.html'));
    writeFileSync(join(run.folder, 'stages'), '');
    take(run, log('x'));
    run.note('a', { leaves: {} });
    await run.finish({ outcome: 'done', exit: 0, stages: [] });
    expect(warnings).toHaveLength(1);
    expect((await listRuns(root))[0]?.outcome).toBe('done');
    expect(events(run)).toHaveLength(1);
    expect(readdirSync(run.folder).filter(name => name.endsWith('.tmp'))).toEqual([]);
  });
});

function allTexts(run: RunFolder): string[] {
  return readdirSync(run.folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

function alternate(...values: readonly string[]): () => string {
  let index = 0;
  return () => values[Math.min(index++, values.length - 1)]!;
}
