import type { ErrorCode } from '../../../src/error-codes';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { tryLease } from '../../../src/workflow/store/leases/leases';
import { openStore } from '../../../src/workflow/store/store';
import type { CheckedPipeline, CheckedStep } from '../../../src/workflow/configuration/checked-pipeline';
import { UserError } from '../../../src/errors';
import type { Executor, StageRequest } from '../../../src/workflow/executors/executor';
import { here } from '../../../src/workflow/executors/in-process';
import type { RunEvent } from '../../../src/workflow/run/events';
import type { AnyStage } from '../../../src/stage';
import {
  CLOCK,
  lastOf,
  runToEnd,
  stagesOf,
  temporaryFolder,
  textOf,
  toyChildren,
  toyPipeline,
  type ToyRunOptions,
} from '../../helpers/rig';
import { readTexts, say, TOYS, toyStage, writeText } from '../../helpers/toy-stages';

let artifacts: string;
beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
});

/** Runs one stage, which may declare more than toys do. */
function runOne(stage: AnyStage, more: Partial<CheckedStep> = {}, options: ToyRunOptions = {}): Promise<RunEvent[]> {
  const pipeline = toyPipeline({ one: { uses: stage.name } }, { [stage.name]: stage });
  const changed: CheckedPipeline = { ...pipeline, steps: pipeline.steps.map(step => ({ ...step, ...more })) };
  return runToEnd(changed, artifacts, options);
}

const failureOf = (events: readonly RunEvent[]) => events.find(event => event.type === 'stage-failed');

describe('an attempt that fails', () => {
  const crash = (times: number, code: ErrorCode = 'stage-crashed'): AnyStage => {
    let left = times;
    return toyStage('frail', async context => {
      if (left-- > 0) throw new UserError('It fell over', { code });
      await writeText(context, 'stood');
    });
  };

  test('is followed by as many others as the stage allows', async () => {
    const events = await runOne(crash(2), { retry: { times: 2, delay: 0.001 } });
    const retries = events.filter(event => event.type === 'stage-retry');
    expect(retries).toMatchObject([
      { attempt: 1, delay: 0.001, error: { class: 'machine' } },
      { attempt: 2, delay: 0.002 },
    ]);
    expect(lastOf(events)).toMatchObject({ outcome: 'done', executed: 1 });
    expect(await textOf(artifacts, 'one')).toBe('stood');
  });

  test('ends the stage when there are no more', async () => {
    const events = await runOne(crash(2), { retry: { times: 1, delay: 0 } });
    expect(failureOf(events)).toMatchObject({ attempt: 2, error: { code: 'stage-crashed' } });
    expect(await readdir(join(artifacts, '.store', 'tmp'))).toEqual([]);
  });

  test('is not followed by another one where the data are to blame, or we', async () => {
    const retry = { retry: { times: 5, delay: 0 } };
    expect(failureOf(await runOne(crash(1, 'corrupt'), retry))).toMatchObject({
      attempt: 1,
      error: { class: 'your data' },
    });
    expect(failureOf(await runOne(TOYS['defect']!, retry))).toMatchObject({ attempt: 1, error: { class: 'bug' } });
  });

  test('tells what it was at, the end of its log and the command that runs it alone', async () => {
    const wordy = toyStage('wordy', async (_, emit) => {
      for (let line = 1; line <= 30; line++) emit({ type: 'log', level: 'info', text: `line ${line}` });
      emit({ type: 'progress', done: 7, total: 9, unit: 'photographs' });
      await Promise.reject(new UserError('Cannot read a.jpg', { code: 'corrupt', item: 'row 7: a.jpg' }));
    });
    const { error } = failureOf(await runOne(wordy)) as Extract<RunEvent, { type: 'stage-failed' }>;
    expect(error).toMatchObject({ item: 'row 7: a.jpg', rerun: 'pipeline run toy one', class: 'your data' });
    expect(error.log).toHaveLength(20);
    expect(error.log.at(-2)).toBe('info line 30');
    expect(await readFile(error.logFile!, 'utf8')).toContain('line 1\n');
  });

  test('takes too long when its time is over', async () => {
    const events = await runOne(TOYS['listen']!, { timeout: 0.05 });
    expect(failureOf(events)).toMatchObject({ error: { class: 'timeout', code: 'stage-timeout' } });
    expect(lastOf(events)).toMatchObject({ outcome: 'failed', exit: 1 });
  });

  test('takes more memory than its limit, which is worth another one, and keeps its checkpoints', async () => {
    const limited = { limits: { memory: 400e6 }, options: { word: 2000 }, retry: { times: 1, delay: 0 } };
    const events = await runOne(TOYS['gorge']!, limited, { executor: toyChildren() });
    const error = { class: 'out of memory', code: 'too-much-memory' };
    expect(events.filter(event => event.type === 'stage-retry')).toMatchObject([{ attempt: 1, error }]);
    expect(failureOf(events)).toMatchObject({ attempt: 2, error });
    const { key } = events.find(event => event.type === 'stage-started')!;
    expect(await readdir(join(artifacts, '.store', 'checkpoints', key))).toEqual(['taken']);
    expect(await readdir(join(artifacts, '.store', 'tmp'))).toEqual([]);
  });
});

describe('--keep-going', () => {
  const steps = {
    bad: { uses: 'fail' },
    after: { uses: 'say', from: ['bad'] },
    good: { uses: 'say', with: { word: 'good' } },
    better: { uses: 'say', from: ['good'] },
  };

  test('finishes what does not depend on the failure, and says what was skipped', async () => {
    const events = await runToEnd(toyPipeline(steps, TOYS), artifacts, { keepGoing: true });
    expect(stagesOf(events, 'stage-finished')).toEqual(['good', 'better']);
    expect(events.filter(event => event.type === 'stage-skipped')).toMatchObject([{ stage: 'after', because: 'bad' }]);
    expect(lastOf(events)).toMatchObject({ outcome: 'failed', exit: 1, executed: 2, failed: 1, notRun: 1 });
  });
});

describe('a stage that goes on from checkpoints', () => {
  let isFragile: boolean;
  const counting = toyStage('counting', async (context, emit) => {
    const { folder, saved } = context.checkpoints;
    const path = join(folder, 'count');
    const from = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (from > 0) emit({ type: 'resumed', at: `count ${from}` });
    for (let count = from; count < 10; count++) {
      if (count === 6 && isFragile) throw new UserError('Stumbled', { code: 'unreadable-file' });
      await writeFile(path, String(count + 1));
      saved();
    }
    await writeText(context, 'counted');
  });

  test('finds its folder as the failed attempt has left it, and the folder is gone after success', async () => {
    isFragile = true;
    expect(failureOf(await runOne(counting))).toMatchObject({ error: { code: 'unreadable-file' } });
    isFragile = false;
    const events = await runOne(counting);
    expect(events.find(event => event.type === 'stage-planned')).toMatchObject({ state: 'partial' });
    expect(events.filter(event => event.type === 'stage-log')).toMatchObject([{ text: 'resumes at count 6' }]);
    expect(await readdir(join(artifacts, '.store', 'checkpoints'))).toEqual([]);
  });
});

describe('a stage that takes rows from earlier artifacts', () => {
  const seen: string[][] = [];
  const spell = toyStage(
    'spell',
    async (context, emit) => {
      seen.push(
        await Promise.all(context.earlier.map(each => readFile(join(each.output('text'), 'text.txt'), 'utf8'))),
      );
      emit({ type: 'rows', reused: context.earlier.length, total: 2 });
      await writeText(context, await readTexts(context));
    },
    { rowInputs: ['texts'] },
  );
  const steps = (word: string, extra = {}) => ({
    word: { uses: 'say', with: { word } },
    spell: { uses: 'spell', from: ['word'], with: extra },
  });
  const run = (word: string, extra = {}, stages = {}) =>
    runToEnd(toyPipeline(steps(word, extra), { ...TOYS, spell, ...stages }), artifacts);

  test('is given those that differ in its row inputs only, newest first', async () => {
    await run('a');
    await run('b');
    const events = await run('c');
    expect(seen).toEqual([[], ['a '], ['b ', 'a ']]);
    expect(events.find(event => event.type === 'stage-planned' && event.stage === 'spell')).toMatchObject({
      state: 'partial',
    });
    expect(events.find(event => event.type === 'stage-finished' && event.stage === 'spell')).toMatchObject({
      rows: { reused: 2, total: 2 },
    });
    seen.length = 0;
    await run('d', { tone: 'loud' });
    await run('e', {}, { spell: { ...spell, version: 2 } });
    expect(seen).toEqual([[], []]);
  });

  test('is not given a damaged one', async () => {
    seen.length = 0;
    await run('a');
    await rm(join(artifacts, 'toy', 'spell', 'text', 'text.txt'));
    await run('b');
    expect(seen).toEqual([[], []]);
  });
});

describe('two that want the same', () => {
  test('do it once: the second waits, and takes what the first has made', async () => {
    let executions = 0;
    const slow = toyStage('slow', async context => {
      executions++;
      await new Promise(resolve => setTimeout(resolve, 150));
      await writeText(context, 'slow');
    });
    const runs = await Promise.all([runOne(slow), runOne(slow)]);
    expect(executions).toBe(1);
    const waits = runs.flat().filter(event => event.type === 'stage-waiting');
    expect(waits).toMatchObject([{ stage: 'one', holder: { pid: process.pid } }]);
    expect(runs.map(events => lastOf(events).reused).sort()).toEqual([0, 1]);
  });

  test('fail as locked where nobody wants to wait, and say who holds it', async () => {
    const key = (await runOne(say)).find(event => event.type === 'stage-started')!;
    await rm(artifacts, { recursive: true });
    await mkdir(artifacts);
    const store = await openStore(artifacts, CLOCK);
    const terms = {
      run: '20260101-000000-other-run',
      runFolder: '/x',
      step: 'theirs',
      signal: new AbortController().signal,
    };
    const lease = await tryLease(store, (key as { key: string }).key, terms);
    const events = await runOne(say, {}, { wait: false });
    expect(failureOf(events)).toMatchObject({
      error: { code: 'locked', exit: 4, message: expect.stringContaining('20260101-000000-other-run') },
    });
    expect(lastOf(events).exit).toBe(4);
    if ('release' in lease) await lease.release();
    expect(lastOf(await runOne(say, {}, { wait: false })).outcome).toBe('done');
  });
});

describe('a stage that is not deterministic', () => {
  test('is reported when it is executed again', async () => {
    let count = 0;
    const moody = toyStage('moody', async context => writeText(context, `mood ${++count}`));
    await runOne(moody);
    const events = await runOne(moody, {}, { force: 'all' });
    expect(events.filter(event => event.type === 'stage-log')).toMatchObject([
      { level: 'warn', text: expect.stringMatching(/text\/text\.txt.*not deterministic/) },
    ]);
    expect(await textOf(artifacts, 'one')).toBe('mood 2');
  });
});

describe('headlines', () => {
  test('are told all, of stages that others read too, and of reused ones', async () => {
    const doubting = toyStage('doubting', async (context, emit) => {
      emit({ type: 'headline', text: 'one doubt' });
      emit({ type: 'headline', text: 'another doubt' });
      await writeText(context, 'done');
    });
    const pipeline = toyPipeline(
      { first: { uses: 'doubting' }, last: { uses: 'doubting', from: ['first'] } },
      { doubting },
    );
    for (const reused of [0, 2]) {
      expect(lastOf(await runToEnd(pipeline, artifacts))).toMatchObject({
        reused,
        headlines: [
          { stage: 'first', text: 'one doubt\nanother doubt' },
          { stage: 'last', text: 'one doubt\nanother doubt' },
        ],
      });
    }
    expect(await readFile(join(artifacts, 'toy', 'first', 'headline.txt'), 'utf8')).toBe('one doubt\nanother doubt\n');
  });
});

describe('a secret', () => {
  test('reaches the stage, and nothing that is kept', async () => {
    let heard = '';
    const whisper = toyStage('whisper', async (context, emit) => {
      heard = String(context.options['token']);
      emit({ type: 'log', level: 'info', text: `logging in with ${heard}` });
      emit({ type: 'headline', text: `used ${heard}` });
      await writeText(context, 'done');
    });
    const pipeline = toyPipeline({ one: { uses: 'whisper', with: { token: '${secret:TOKEN}' } } }, { whisper });
    const events = await runToEnd({ ...pipeline, secrets: { TOKEN: 'sesame-open' } }, artifacts);
    expect(heard).toBe('sesame-open');
    expect(JSON.stringify(events)).toContain('logging in with ***');
    expect(JSON.stringify(events)).not.toContain('sesame');
    for (const file of ['manifest.json', 'log.txt', 'headline.txt']) {
      expect(await readFile(join(artifacts, 'toy', 'one', file), 'utf8')).not.toContain('sesame');
    }
  });

  test('is taken out of names of metrics and curves, captions, progress and where it goes on', async () => {
    const names = toyStage('names', async (context, emit) => {
      const token = String(context.options['token']);
      await writeFile(join(context.folder, 'a.svg'), '');
      emit({ type: 'metrics', values: { [`accuracy of ${token}`]: { [token]: token } } });
      emit({ type: 'scalars', step: 1, values: { [token]: 1 } });
      emit({ type: 'look', file: 'a.svg', caption: token });
      emit({ type: 'progress', done: 1, unit: token, note: token });
      emit({ type: 'resumed', at: token });
      // As a table does that has little room.
      emit({ type: 'headline', text: `model ${token.slice(0, 8)}…` });
      await writeText(context, 'done');
    });
    const pipeline = toyPipeline({ one: { uses: 'names', with: { token: '${secret:TOKEN}' } } }, { names });
    const events = await runToEnd({ ...pipeline, secrets: { TOKEN: 'sesame-open', OTHER: 'scalars' } }, artifacts);
    expect(lastOf(events)).toMatchObject({ outcome: 'done', headlines: [{ text: 'model ***…' }] });
    expect(JSON.stringify(events)).not.toContain('sesame');
    expect(stagesOf(events, 'stage-scalars')).toEqual(['one']);
    for (const file of ['manifest.json', 'log.txt', 'metrics.json', 'headline.txt', '../index.html']) {
      expect(await readFile(join(artifacts, 'toy', 'one', file), 'utf8')).not.toContain('sesame');
    }
    const metrics: unknown = JSON.parse(await readFile(join(artifacts, 'toy', 'one', 'metrics.json'), 'utf8'));
    expect(metrics).toEqual({ 'accuracy of ***': { '***': '***' } });
  });

  test('is taken out of a failure', async () => {
    const leak = toyStage('leak', async ({ options }) => {
      await Promise.reject(new UserError(`Refused: ${String(options['token'])}`, { code: 'input-unreadable' }));
    });
    const pipeline = toyPipeline({ one: { uses: 'leak', with: { token: '${secret:TOKEN}' } } }, { leak });
    const events = await runToEnd({ ...pipeline, secrets: { TOKEN: 'sesame-open' } }, artifacts);
    expect(failureOf(events)).toMatchObject({ error: { message: 'Refused: ***' } });
  });
});

describe('a stage that takes devices', () => {
  test('is told which, and sees no others', async () => {
    const given: StageRequest['env'][] = [];
    const executor: Executor = {
      ...here,
      run: (request, signal) => (given.push(request.env), here.run(request, signal)),
    };
    const capacity = { jobs: 2, cores: 2, memory: 1, gpus: ['2', 'GPU-5f'] };
    await runOne(say, { resources: { gpu: 2 }, env: { MODE: 'fast' } }, { executor, capacity });
    expect(given).toEqual([{ MODE: 'fast', CUDA_VISIBLE_DEVICES: '2,GPU-5f' }]);
  });

  test('is refused before anything runs where there are not enough', () => {
    const capacity = { jobs: 2, cores: 2, memory: 1, gpus: ['0'] };
    return expect(runOne(say, { resources: { gpu: 2 } }, { capacity })).rejects.toMatchObject({
      code: 'too-few-resources',
      exit: 3,
      message: expect.stringContaining('/toy.yaml:1:1'),
    });
  });

  test('is refused, when memory is, with sizes that differ to the eye', () => {
    const capacity = { jobs: 2, cores: 2, memory: 1_999_900_000, gpus: [] };
    return expect(runOne(say, { resources: { memory: 2e9 } }, { capacity })).rejects.toMatchObject({
      message: expect.stringContaining('2,000,000,000 bytes of memory, but there are 1,999,900,000 bytes'),
    });
  });
});
