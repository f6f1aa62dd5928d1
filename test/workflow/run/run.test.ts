import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openStore } from '../../../src/workflow/store/store';
import { UserError } from '../../../src/errors';
import { waitingLine } from '../../../src/workflow/loggers/lines';
import type { RunEvent } from '../../../src/workflow/run/events';
import { LEFT_ON_FAILURE, type AnyStage } from '../../../src/stage';
import {
  CLOCK,
  lastOf,
  manifestOf,
  runToEnd,
  stagesOf,
  temporaryFolder,
  textOf,
  toyPipeline,
  toyRunOptions,
  type ToyStep,
} from '../../helpers/rig';
import { inline, TOYS, readTexts, say, toyStage, writeText } from '../../helpers/toy-stages';

// The object whose members the modules call, which an import would hide behind getters.
const fs = jest.requireActual<typeof import('node:fs')>('node:fs');

const STEPS: Record<string, ToyStep> = {
  one: { uses: 'say', with: { word: 'one' } },
  two: { uses: 'say', with: { word: 'two' } },
  both: { uses: 'say', from: ['one', 'two'], with: { word: 'both' } },
};

let artifacts: string;
const run = (steps = STEPS, options = {}, stages = TOYS) => runToEnd(toyPipeline(steps, stages), artifacts, options);
const objectOf = async (step: string): Promise<string> => basename(await realpath(join(artifacts, 'toy', step)));
const temporary = (): Promise<string[]> => readdir(join(artifacts, '.store', 'tmp'));

beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
});

describe('runPipeline() on an empty store', () => {
  test('executes all stages, dependencies first', async () => {
    const events = await run();
    expect(stagesOf(events, 'stage-finished')).toEqual(['one', 'two', 'both']);
    expect(await textOf(artifacts, 'both')).toBe('one two both ');
    expect(lastOf(events)).toMatchObject({ outcome: 'done', exit: 0, stages: 3, reused: 0, executed: 3, notRun: 0 });
  });

  test('leaves a manifest, metrics, a log and an overview, and nothing temporary', async () => {
    await run();
    const [one, both] = [await manifestOf(artifacts, 'one'), await manifestOf(artifacts, 'both')];
    expect(both).toMatchObject({
      kind: 'fairdistill-artifact',
      step: 'both',
      options: { word: 'both' },
      metrics: { words: 1 },
      outputs: { text: { type: 'text', files: 1, bytes: 'one two both '.length } },
      engine: null,
    });
    expect(both.inputs[0]).toEqual({
      port: 'texts',
      step: 'one',
      output: 'text',
      digest: one.outputs['text']!.digest,
      key: one.key,
      object: await objectOf('one'),
    });
    expect(both.files.map(file => file.path)).toEqual(['log.txt', 'metrics.json', 'text/text.txt']);
    expect(JSON.parse(await readFile(join(artifacts, 'toy', 'both', 'metrics.json'), 'utf8'))).toEqual({ words: 1 });
    expect(await readFile(join(artifacts, 'toy', 'index.html'), 'utf8')).toContain('both');
    expect(await temporary()).toEqual([]);
  });

  test('gives stages nothing that differs between two stores', async () => {
    await run();
    const first = await manifestOf(artifacts, 'both');
    artifacts = join(await temporaryFolder(), 'elsewhere');
    await run();
    const second = await manifestOf(artifacts, 'both');
    expect([second.key, second.digest]).toEqual([first.key, first.digest]);
  });
});

describe('runPipeline() on a store with results', () => {
  test('reuses everything when nothing changed', async () => {
    await run();
    const events = await run();
    expect(stagesOf(events, 'stage-reused')).toEqual(['one', 'two', 'both']);
    expect(lastOf(events)).toMatchObject({ outcome: 'done', reused: 3, executed: 0 });
  });

  test('runs again what an option changes and what depends on it, nothing else', async () => {
    await run();
    const events = await run({ ...STEPS, two: { uses: 'say', with: { word: 'TWO' } } });
    expect(stagesOf(events, 'stage-reused')).toEqual(['one']);
    expect(stagesOf(events, 'stage-finished')).toEqual(['two', 'both']);
    expect(await textOf(artifacts, 'both')).toBe('one TWO both ');
  });

  test('tells once, with the first stage that runs, what every stage took before; not where nothing runs', async () => {
    const told = (events: readonly RunEvent[]): (readonly [number, string | undefined, RunEvent])[] =>
      events.flatMap((event, i) => (event.type === 'run-expected' ? [[i, events[i - 1]?.type, event] as const] : []));
    expect(told(await run())).toEqual([]);
    const changed = told(await run({ ...STEPS, two: { uses: 'say', with: { word: 'TWO' } } }));
    expect(changed).toHaveLength(1);
    const [[, before, event]] = changed as [(typeof changed)[number]];
    expect(before).toBe('stage-planned');
    const seconds = expect.any(Number) as unknown as number;
    expect(event).toMatchObject({ seconds: { one: seconds, two: seconds, both: seconds } });
  });

  test('runs again a stage whose version was raised', async () => {
    await run();
    const events = await run(STEPS, {}, { ...TOYS, say: { ...say, version: 2 } });
    expect(stagesOf(events, 'stage-finished')).toEqual(['one', 'two', 'both']);
  });

  test('goes back to an earlier result without executing anything', async () => {
    await run();
    await run({ ...STEPS, one: { uses: 'say', with: { word: 'uno' } } });
    const events = await run();
    expect(lastOf(events)).toMatchObject({ reused: 3, executed: 0 });
    expect(await textOf(artifacts, 'both')).toBe('one two both ');
  });

  test('stops a change at a stage whose result stays the same', async () => {
    const steps = (word: string): Record<string, ToyStep> => ({
      start: { uses: 'say', with: { word } },
      middle: { uses: 'shrug', from: ['start'] },
      end: { uses: 'say', from: ['middle'], with: { word: 'end' } },
    });
    await run(steps('a'));
    const events = await run(steps('b'));
    expect(stagesOf(events, 'stage-finished')).toEqual(['start', 'middle']);
    expect(stagesOf(events, 'stage-reused')).toEqual(['end']);
  });

  test('lets a renamed step reuse its result, and removes the old name', async () => {
    await run({ old: STEPS['one']! });
    const events = await run({ renamed: STEPS['one']! });
    expect(stagesOf(events, 'stage-reused')).toEqual(['renamed']);
    expect((await readdir(join(artifacts, 'toy'))).sort()).toEqual(['index.html', 'renamed']);
  });

  test('puts the engine into the key of the stages that use it only', async () => {
    const stages = { ...TOYS, train: { ...say, name: 'train', usesEngine: true } };
    const steps = { ...STEPS, train: { uses: 'train', with: { word: 'x' } } };
    await run(steps, { engine: 'wasm' }, stages);
    const events = await run(steps, { engine: 'tensorflow' }, stages);
    expect(stagesOf(events, 'stage-finished')).toEqual(['train']);
  });
});

describe('runPipeline() with --force and targets', () => {
  test('executes forced stages again; equal results stop there', async () => {
    await run();
    const events = await run(STEPS, { force: ['one'] });
    expect(stagesOf(events, 'stage-finished')).toEqual(['one']);
    expect(stagesOf(events, 'stage-reused')).toEqual(['two', 'both']);
    expect(await temporary()).toEqual([]);
  });

  test('executes everything again when all is forced', async () => {
    await run();
    expect(lastOf(await run(STEPS, { force: 'all' }))).toMatchObject({ executed: 3, reused: 0 });
  });

  test('executes what is forced also when its result is dated in the future, as after a clock was set back', async () => {
    const ahead = { ...CLOCK, now: () => Date.now() + 90_000 };
    await run(STEPS, { store: await openStore(artifacts, ahead) });
    const second = { ...toyRunOptions(await openStore(artifacts, CLOCK)).run, id: '20260101-000000-second' };
    const events = await run(STEPS, { force: 'all', run: second });
    expect(lastOf(events)).toMatchObject({ executed: 3, reused: 0 });
    // The result of this run is dated before that of the one before, and is the one that counts.
    expect(lastOf(await run())).toMatchObject({ reused: 3 });
  });

  test('runs a target and what it needs', async () => {
    const steps = { ...STEPS, more: { uses: 'say', from: ['one'], with: { word: 'more' } } };
    const events = await run(steps, { targets: ['more'] });
    expect(stagesOf(events, 'stage-finished')).toEqual(['one', 'more']);
    expect(lastOf(events).stages).toBe(2);
  });

  test('says which stage was probably meant by an unknown target or forced stage', () => {
    const unknown = { code: 'unknown-stage', exit: 2, message: expect.stringContaining('did you mean "both"?') };
    return Promise.all([
      expect(run(STEPS, { targets: ['bothh'] })).rejects.toMatchObject(unknown),
      expect(run(STEPS, { force: ['bothh'] })).rejects.toMatchObject(unknown),
    ]);
  });
});

describe('runPipeline() with a stage that fails', () => {
  const steps: Record<string, ToyStep> = {
    good: { uses: 'say', with: { word: 'good' } },
    bad: { uses: 'fail', from: ['good'] },
    after: { uses: 'say', from: ['bad'] },
  };

  test('keeps finished work, starts nothing that needs the failed stage, leaves nothing temporary', async () => {
    const events = await run(steps);
    expect(stagesOf(events, 'stage-finished')).toEqual(['good']);
    expect(events.find(event => event.type === 'stage-failed')).toMatchObject({
      stage: 'bad',
      error: { code: 'corrupt', message: 'Cannot read photo.jpg: it is cut off; replace it' },
    });
    expect(lastOf(events)).toMatchObject({ outcome: 'failed', exit: 1, executed: 1, failed: 1, notRun: 1 });
    expect(await temporary()).toEqual([]);
    expect(existsSync(join(artifacts, 'toy', 'bad'))).toBe(false);
    expect(stagesOf(await run(steps), 'stage-reused')).toEqual(['good']);
  });

  test('keeps what the stage has put aside for a person, says where, and removes it once the stage succeeds', async () => {
    let isBroken = true;
    const frail = toyStage('frail', async context => {
      await writeText(context, 'half');
      if (!isBroken) return;
      await mkdir(join(context.folder, LEFT_ON_FAILURE));
      await writeFile(join(context.folder, LEFT_ON_FAILURE, 'clue.txt'), 'it was the cat');
      throw new UserError('It fell', { code: 'storage', exit: 3 });
    });
    const once = () => run({ frail: { uses: 'frail' } }, {}, { ...TOYS, frail });
    const failed = (await once()).find(event => event.type === 'stage-failed');
    const [key] = await readdir(join(artifacts, '.store', 'failed'));
    const kept = join(artifacts, '.store', 'failed', key!);
    expect(failed).toMatchObject({ error: { code: 'storage', exit: 3, message: `It fell; kept in ${kept}` } });
    expect(await readdir(join(kept, LEFT_ON_FAILURE))).toEqual(['clue.txt']);
    expect(await temporary()).toEqual([]);
    // A second failure takes the place of the first.
    await once();
    expect((await readdir(kept)).sort()).toEqual(['log.txt', LEFT_ON_FAILURE]);
    isBroken = false;
    expect(lastOf(await once())).toMatchObject({ outcome: 'done' });
    expect(existsSync(kept)).toBe(false);
  });

  test('lets what runs beside it finish', async () => {
    const slow = toyStage('slow', async context => {
      await new Promise(resolve => setTimeout(resolve, 50));
      await writeText(context, 'slow');
    });
    const beside = { slow: { uses: 'slow' }, bad: { uses: 'fail' }, later: { uses: 'say' } };
    const events = await run(beside, { jobs: 2 }, { ...TOYS, slow });
    expect(stagesOf(events, 'stage-finished')).toEqual(['slow']);
    expect(lastOf(events)).toMatchObject({ failed: 1, executed: 1, notRun: 1 });
  });

  test('shows the stack of a defect of ours', async () => {
    const failed = (await run({ defect: { uses: 'defect' } })).find(event => event.type === 'stage-failed');
    expect(failed).toMatchObject({ error: { code: null, exit: 1 } });
    expect(JSON.stringify(failed)).toContain('toy-stages');
  });

  test('treats a stage that throws before it returns an Observable as failed', async () => {
    const broken: AnyStage = {
      ...say,
      name: 'broken',
      body: inline(() => {
        throw new Error('not even begun');
      }),
    };
    expect(lastOf(await run({ broken: { uses: 'broken' } }, {}, { broken }))).toMatchObject({ failed: 1 });
  });

  test('refuses a picture to look at that is not there, as a defect', async () => {
    const vain = toyStage('vain', async (_, emit) => {
      emit({ type: 'look', file: '../mirror.svg', caption: 'Me' });
      await Promise.resolve();
    });
    const events = await run({ vain: { uses: 'vain' } }, {}, { vain });
    expect(JSON.stringify(events)).toContain('mirror.svg');
    expect(lastOf(events).failed).toBe(1);
  });
});

describe('runPipeline() side by side', () => {
  test('has as many stages under way as there are jobs, no more', async () => {
    let running = 0;
    let most = 0;
    const count = toyStage('count', async context => {
      most = Math.max(most, ++running);
      await new Promise(resolve => setTimeout(resolve, 20));
      running--;
      await writeText(context, String(context.options['n']));
    });
    const steps = Object.fromEntries([1, 2, 3, 4, 5].map(n => [`s${n}`, { uses: 'count', with: { n } }]));
    await run(steps, { jobs: 2 }, { count });
    expect(most).toBe(2);
  });

  test('says of a stage behind an equal one of the same run for which stage it waits', async () => {
    const slow = toyStage('slow', async context => {
      await new Promise(resolve => setTimeout(resolve, 100));
      await writeText(context, 'x');
    });
    const events = await run({ first: { uses: 'slow' }, second: { uses: 'slow' } }, { jobs: 2 }, { slow });
    const waits = events.flatMap(event => (event.type === 'stage-waiting' ? [event] : []));
    expect(waits).toHaveLength(1);
    const [wait] = waits as [(typeof waits)[number]];
    expect([wait.stage, wait.behind].sort()).toEqual(['first', 'second']);
    expect(waitingLine(wait)).toBe(`waits for ${wait.behind}, which makes the same result`);
  });

  test('executes equal stages once', async () => {
    let executions = 0;
    const slow = toyStage('slow', async context => {
      executions++;
      await new Promise(resolve => setTimeout(resolve, 30));
      await writeText(context, 'slow');
    });
    const events = await run({ a: { uses: 'slow' }, b: { uses: 'slow' } }, { jobs: 2 }, { slow });
    expect(executions).toBe(1);
    expect(lastOf(events)).toMatchObject({ executed: 1, reused: 1 });
  });
});

describe('runPipeline() that is interrupted', () => {
  test('stops what runs, keeps what is finished, and goes on next time', async () => {
    const stopping = new AbortController();
    const nap = toyStage('nap', async context => {
      stopping.abort();
      await writeText(context, await readTexts(context));
    });
    const steps = { one: STEPS['one']!, nap: { uses: 'nap', from: ['one'] } };
    const events = await run(steps, { signal: stopping.signal }, { ...TOYS, nap });
    expect(lastOf(events)).toMatchObject({ outcome: 'interrupted', exit: 130, executed: 1, failed: 0, notRun: 1 });
    expect(await temporary()).toEqual([]);
    const again = await run(steps, {}, { ...TOYS, nap });
    expect(stagesOf(again, 'stage-reused')).toEqual(['one']);
    expect(lastOf(again).outcome).toBe('done');
  });
});

describe('runPipeline() with files outside the store', () => {
  const read = toyStage(
    'read',
    async context => writeText(context, await readFile(String(context.options['file']), 'utf8')),
    {
      options: {
        type: 'object',
        additionalProperties: false,
        properties: { file: { type: 'string', format: 'input-path', description: 'A file' } },
      },
    },
  );

  test('notices another content, not another place', async () => {
    const folder = await temporaryFolder();
    for (const name of ['a', 'b', 'c']) await writeFile(join(folder, name), name === 'c' ? 'other' : 'same');
    const events = async (name: string, stage = read) =>
      run({ read: { uses: 'read', with: { file: join(folder, name) } } }, {}, { read: stage });
    await events('a');
    expect(stagesOf(await events('b'), 'stage-reused')).toEqual(['read']);
    expect(stagesOf(await events('c'), 'stage-finished')).toEqual(['read']);
    // Unless the artifact refers to files where they lie.
    const locating = { ...read, locationMatters: true };
    await events('a', locating);
    expect(stagesOf(await events('b', locating), 'stage-finished')).toEqual(['read']);
  });

  test('refuses a result whose input changed meanwhile', async () => {
    const file = join(await temporaryFolder(), 'growing');
    await writeFile(file, 'begin');
    const growing = toyStage('growing', async () => appendFile(file, ' more'), { options: read.options });
    const events = await run({ read: { uses: 'read', with: { file } } }, {}, { read: growing });
    expect(events.find(event => event.type === 'stage-failed')).toMatchObject({ error: { code: 'input-changed' } });
    expect(await temporary()).toEqual([]);
  });

  test('reads files again where only another user may read what is known of them, and says so once', async () => {
    const folder = await temporaryFolder();
    for (const name of ['a', 'b']) await writeFile(join(folder, name), name);
    const steps = {
      one: { uses: 'read', with: { file: join(folder, 'a') } },
      two: { uses: 'read', with: { file: join(folder, 'b') } },
    };
    const refusing = (name: 'readFileSync' | 'openSync') => {
      const real = fs[name] as (...given: unknown[]) => unknown;
      return jest.spyOn(fs, name).mockImplementation(((...given: unknown[]) => {
        if (!String(given[0]).includes('fingerprints')) return real(...given);
        throw Object.assign(new Error('EACCES'), { code: 'EACCES', path: given[0] });
      }) as never);
    };
    const spies = [refusing('readFileSync'), refusing('openSync')];
    const events = await run(steps, {}, { read }).finally(() => spies.forEach(spy => spy.mockRestore()));
    expect(stagesOf(events, 'stage-finished').sort()).toEqual(['one', 'two']);
    const warnings = events.filter(event => event.type === 'stage-log');
    expect(warnings).toMatchObject([{ level: 'warn', text: expect.stringMatching(/fingerprints.*another user's/) }]);
    expect(existsSync(join(artifacts, '.store', 'quarantine'))).toBe(false);
  });

  test('names a file that vanished', async () => {
    const file = join(await temporaryFolder(), 'gone');
    const events = await run({ read: { uses: 'read', with: { file } } }, {}, { read });
    expect(events.find(event => event.type === 'stage-failed')).toMatchObject({
      error: { code: 'input-missing', exit: 3 },
    });
  });
});

describe('runPipeline() on a damaged store', () => {
  const damages: Record<string, (path: string) => Promise<void>> = {
    'a missing file': path => rm(join(path, 'text', 'text.txt')),
    'a truncated file': path => writeFile(join(path, 'text', 'text.txt'), ''),
    'a manifest that is cut off': path => writeFile(join(path, 'manifest.json'), '{"kind": "fair'),
    'a missing manifest': path => rm(join(path, 'manifest.json')),
  };
  for (const [name, damage] of Object.entries(damages)) {
    test(`moves an object with ${name} to quarantine and makes it again`, async () => {
      await run();
      const { digest } = await manifestOf(artifacts, 'one');
      const object = await objectOf('one');
      await damage(join(artifacts, '.store', 'objects', object));
      const events = await run();
      expect(stagesOf(events, 'stage-finished')).toEqual(['one']);
      expect(stagesOf(events, 'stage-reused')).toEqual(['two', 'both']);
      expect(events.find(event => event.type === 'stage-log')).toMatchObject({ stage: 'one', level: 'warn' });
      expect((await manifestOf(artifacts, 'one')).digest).toBe(digest);
      const kept = await readdir(join(artifacts, '.store', 'quarantine'));
      // The object and a report.
      expect(kept.filter(file => file.startsWith(object))).toHaveLength(2);
    });
  }
});

describe('runPipeline() after a result was damaged and made again', () => {
  test('does not give the old damage as the reason when that result is gone one day', async () => {
    await run();
    const object = await objectOf('one');
    await writeFile(join(artifacts, '.store', 'objects', object, 'text', 'text.txt'), '');
    const why = (events: readonly RunEvent[]): (string | undefined)[] =>
      events.flatMap(event =>
        event.type === 'stage-planned' && event.stage === 'one' ? [event.because[0]?.text] : [],
      );
    expect(why(await run())).toEqual([expect.stringContaining('was damaged')]);
    await rm(join(artifacts, '.store', 'objects', object), { recursive: true });
    const actions = join(artifacts, '.store', 'actions');
    for (const name of await readdir(actions)) {
      if (/"step":\s*"one"/.test(await readFile(join(actions, name), 'utf8'))) await rm(join(actions, name));
    }
    const [reason] = why(await run());
    expect(reason).not.toContain('damaged');
  });
});

describe('runPipeline() whose page cannot be written', () => {
  test('is done all the same, and says so', async () => {
    await run();
    const store = await openStore(artifacts, CLOCK);
    await rm(store.temporary, { recursive: true });
    // Nobody can write below a file; what is there already is still found.
    await writeFile(store.temporary, '');
    const events = await run(STEPS, { store });
    expect(lastOf(events)).toMatchObject({ outcome: 'done', exit: 0, reused: 3 });
    expect(lastOf(events).warnings).toEqual([expect.stringMatching(/^the overview is out of date: Cannot store/)]);
  });
});
