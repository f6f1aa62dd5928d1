import { existsSync, readFileSync, readdirSync, realpathSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Observable } from 'rxjs';
import type { DrawRequest, Executor } from '../../../src/workflow/executors/executor';
import { here } from '../../../src/workflow/executors/in-process';
import { planPipeline } from '../../../src/workflow/plan/plan-pipeline';
import type { RunEvent } from '../../../src/workflow/run/events';
import { runPipeline } from '../../../src/workflow/run/run';
import { picturesIn } from '../../../src/workflow/store/objects/pictures';
import { openStore, type Store } from '../../../src/workflow/store/store';
import {
  CLOCK,
  everyStep,
  lastOf,
  manifestOf,
  runToEnd,
  stagesOf,
  temporaryFolder,
  toyChildren,
  toyPipeline,
  toyProgram,
  toyRunOptions,
  type ToyRunOptions,
  type ToyStep,
} from '../../helpers/rig';
import { TOYS } from '../../helpers/toy-stages';

let artifacts: string;
let store: Store;

beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
  store = await openStore(artifacts, CLOCK);
});

const one = (word: string): Record<string, ToyStep> => ({ one: { uses: 'paint', with: { word } } });
const drawnBy = (code: string): ToyRunOptions => ({ program: toyProgram('', code) });
const run = (steps: Record<string, ToyStep>, options: ToyRunOptions = {}): Promise<RunEvent[]> =>
  runToEnd(toyPipeline(steps, TOYS), artifacts, { store, ...options });
const picturesOf = (step: string): string[] => picturesIn(join(artifacts, 'toy', step)).map(({ file }) => file);
const saidIn = (events: readonly RunEvent[]): string[] =>
  events.flatMap(event => (event.type === 'stage-log' ? [`${event.level} ${event.stage}: ${event.text}`] : []));

/** An executor that counts what it draws. */
function counting(inner: Executor = here): {
  executor: Executor;
  drawn: string[];
  requests: DrawRequest[];
} {
  const [drawn, requests]: [string[], DrawRequest[]] = [[], []];
  const draw: Executor['draw'] = (request, signal) => {
    drawn.push(request.stage.name);
    requests.push(request);
    return inner.draw(request, signal);
  };
  return { executor: { ...inner, draw }, drawn, requests };
}

describe('a run of a stage with pictures', () => {
  test('draws them beside the artifact once it is finished, and shows them on the page', async () => {
    const events = await run(one('ode'));
    expect(lastOf(events)).toMatchObject({ outcome: 'done', executed: 1 });
    expect(saidIn(events)).toEqual([]);
    expect(picturesOf('one')).toEqual(['word.svg', 'bytes.bin']);
    expect(readFileSync(join(artifacts, 'toy', 'one', 'pictures', 'word.svg'), 'utf8')).toContain('ode');
    const page = readFileSync(join(artifacts, 'toy', 'index.html'), 'utf8');
    expect(page).toContain('src="one/pictures/word.svg"');
    expect(page).toContain('The word ode');
    expect((await manifestOf(artifacts, 'one')).files.map(({ path }) => path)).toEqual([
      'log.txt',
      'metrics.json',
      'text/text.txt',
    ]);
    expect(readdirSync(store.temporary)).toEqual([]);
  });

  test('draws them in a process of its own, with the limits of the stage and what it must load', async () => {
    const { executor, requests } = counting(toyChildren());
    const pipeline = toyPipeline(one('ode'), TOYS);
    const steps = pipeline.steps.map(step => ({ ...step, limits: { memory: 2 ** 30 }, env: { TOY_MODE: 'x' } }));
    const events = await runToEnd({ ...pipeline, steps }, artifacts, { store, executor });
    expect(saidIn(events)).toEqual([]);
    expect(picturesOf('one')).toEqual(['word.svg', 'bytes.bin']);
    expect(requests).toMatchObject([{ memoryLimit: 2 ** 30, env: { TOY_MODE: 'x' } }]);
  });

  test('draws nothing that is there, and all again when only the code of the pictures has changed', async () => {
    await run(one('ode'));
    const { executor, drawn } = counting();
    expect(saidIn(await run(one('ode'), { executor }))).toEqual([]);
    expect(drawn).toEqual([]);
    writeFileSync(join(artifacts, 'toy', 'one', 'pictures', 'word.svg'), 'old');
    const made = await manifestOf(artifacts, 'one');
    const events = await run(one('ode'), { executor, ...drawnBy('sha256:2') });
    expect(lastOf(events)).toMatchObject({ outcome: 'done', reused: 1, executed: 0 });
    expect([stagesOf(events, 'stage-reused'), stagesOf(events, 'stage-started')]).toEqual([['one'], []]);
    expect(drawn).toEqual(['paint']);
    expect(readFileSync(join(artifacts, 'toy', 'one', 'pictures', 'word.svg'), 'utf8')).toContain('ode');
    expect(await manifestOf(artifacts, 'one')).toEqual(made);
    expect(saidIn(await run(one('ode'), drawnBy('sha256:2')))).toEqual([]);
  });

  test('says in one line that they were redrawn', async () => {
    await run(one('ode'));
    expect(saidIn(await run(one('ode'), drawnBy('sha256:2')))).toEqual(['info one: pictures redrawn: 2 files']);
    truncateSync(join(artifacts, 'toy', 'one', 'pictures', 'pictures.json'), 10);
    expect(saidIn(await run(one('ode'), drawnBy('sha256:2')))).toEqual(['info one: pictures drawn: 2 files']);
  });

  test('draws anew what is forced, although an equal result is there with its pictures', async () => {
    await run(one('ode'));
    const forged = join(artifacts, 'toy', 'one', 'pictures', 'word.svg');
    const drawn = readFileSync(forged, 'utf8');
    writeFileSync(forged, drawn.replace('ode', 'odd'));
    await run(one('ode'));
    expect(readFileSync(forged, 'utf8')).toContain('odd');
    await run(one('ode'), { force: ['one'] });
    expect(readFileSync(forged, 'utf8')).toBe(drawn);
  });

  test('is no re-run to who asks before', async () => {
    await run(one('ode'));
    const pipeline = toyPipeline(one('ode'), TOYS);
    const options = {
      pipeline,
      store,
      program: toyProgram('', 'sha256:2'),
      cores: 1,
      steps: pipeline.steps,
      forced: new Set<string>(),
    };
    const object = basename(realpathSync(join(artifacts, 'toy', 'one')));
    expect(await planPipeline(options)).toMatchObject([{ planned: { state: 'hit' }, draws: object }]);
    expect((await planPipeline({ ...options, program: toyProgram('') }))[0]!.draws).toBeUndefined();
    const { executor, drawn } = counting();
    await run({ ...one('ode'), two: { uses: 'say', from: ['one'] } }, { executor });
    // What is only needed and not asked for stays as it is.
    const only = { only: ['two'] };
    await run({ ...one('ode'), two: { uses: 'say', from: ['one'] } }, { executor, ...only, ...drawnBy('sha256:2') });
    expect(drawn).toEqual([]);
  });

  test('draws once what several steps have in common', async () => {
    const { executor, drawn } = counting();
    const steps = { ...one('ode'), two: { uses: 'paint', with: { word: 'ode' } } };
    await run(steps, { executor, jobs: 2 });
    await run(steps, { executor, jobs: 2, ...drawnBy('sha256:2') });
    expect(drawn).toEqual(['paint', 'paint']);
  });
});

describe('pictures that cannot be drawn', () => {
  test.each([
    ['fail', 'Cannot draw it: there is no ink; buy some'],
    ['defect', 'x is not a function'],
    ['out', 'Stage "paint" drew a picture "../out.svg"'],
  ])('(%s) are one warning and no failure; the next run tries again', async (word, message) => {
    for (const counts of [{ executed: 1 }, { reused: 1, executed: 0 }]) {
      const events = await run({ ...one(word), two: { uses: 'say', from: ['one'] } });
      expect(lastOf(events)).toMatchObject({ outcome: 'done', exit: 0, failed: 0 });
      expect(stagesOf(events, counts.executed === 1 ? 'stage-finished' : 'stage-reused')).toContain('one');
      expect(stagesOf(events, 'stage-retry')).toEqual([]);
      expect(saidIn(events)).toEqual([expect.stringContaining(`warn one: its pictures were not drawn (${message}`)]);
      expect(existsSync(join(artifacts, 'toy', 'one', 'pictures'))).toBe(false);
      expect(readdirSync(store.temporary)).toEqual([]);
    }
  });

  test('because their process dies are a warning, too', async () => {
    const events = await run(one('die'), { executor: toyChildren() });
    expect(lastOf(events)).toMatchObject({ outcome: 'done', exit: 0, executed: 1 });
    expect(saidIn(events)).toEqual([
      expect.stringMatching(/^warn one: .*The process that draws the pictures of stage "paint" was killed \(SIGKILL\)/),
    ]);
  });

  test('leave the old ones where they are, which the page says, and offers no report of', async () => {
    await run(one('ode'));
    const broken: Executor = {
      ...here,
      draw: () => new Observable(subscriber => subscriber.error(new Error('ENOSPC'))),
    };
    const page = (): string => readFileSync(join(artifacts, 'toy', 'index.html'), 'utf8');
    expect(page()).not.toContain('older version');
    await run(one('ode'), { executor: broken, ...drawnBy('sha256:2') });
    expect(picturesOf('one')).toEqual(['word.svg', 'bytes.bin']);
    expect(page()).toContain('The pictures were drawn by an older version; the next run draws them again.');
    // Of a step that this run did not touch it is known, too.
    await run({ ...one('ode'), two: { uses: 'say' } }, { only: ['two'], ...drawnBy('sha256:2') });
    expect(page()).toContain('drawn by an older version');
  });

  test('leave an old report on the page, and not among what a run has reported', async () => {
    const reports = async (options: ToyRunOptions) => lastOf(await run(one('report'), options)).reports;
    const drawn = await reports({});
    expect(drawn).toEqual([expect.stringContaining('one/pictures/report.html')]);
    const broken: Executor = {
      ...here,
      draw: () => new Observable(subscriber => subscriber.error(new Error('ENOSPC'))),
    };
    expect(await reports({ executor: broken, ...drawnBy('sha256:2') })).toEqual([]);
    const page = readFileSync(join(artifacts, 'toy', 'index.html'), 'utf8');
    expect(page).toContain('Open the report of one</a> (drawn by an older version)');
  });

  test('in time are ended', async () => {
    const pipeline = toyPipeline(one('wait'), TOYS);
    const steps = pipeline.steps.map(step => ({ ...step, timeout: 0.3 }));
    const events = await runToEnd({ ...pipeline, steps }, artifacts, { store });
    expect(lastOf(events)).toMatchObject({ outcome: 'done', executed: 1 });
    expect(saidIn(events)).toEqual([expect.stringContaining('drawing took longer than 0.3 s and was ended')]);
  });

  test('because an installation changed what draws them are not kept', async () => {
    const events = await run(one('ode'), { programNow: () => toyProgram('', 'sha256:2') });
    expect(saidIn(events)).toEqual([expect.stringContaining('a package changed during the run')]);
    expect(picturesOf('one')).toEqual([]);
  });

  test('because the run is interrupted are nothing to be told; the result is kept', async () => {
    const stopping = new AbortController();
    const executor: Executor = {
      ...here,
      draw: (request, signal) => (setTimeout(() => stopping.abort(130), 100), here.draw(request, signal)),
    };
    const events: RunEvent[] = [];
    const pipeline = toyPipeline({ ...one('wait'), two: { uses: 'say', from: ['one'] } }, TOYS);
    const options = toyRunOptions(store, { executor, signal: stopping.signal });
    await runPipeline(pipeline, everyStep(pipeline), options).forEach(event => void events.push(event));
    expect(lastOf(events)).toMatchObject({ outcome: 'interrupted', exit: 130, executed: 1, notRun: 1 });
    expect(saidIn(events)).toEqual([]);
    expect(readdirSync(store.temporary)).toEqual([]);
  });

  test('have no secret in their captions, nor in the warning', async () => {
    const secrets = { TOKEN: 'sesame' };
    await runToEnd({ ...toyPipeline(one('sesame'), TOYS), secrets }, artifacts, { store });
    expect(picturesIn(join(artifacts, 'toy', 'one'))).toMatchObject([{ caption: 'The word ***' }, {}]);
  });
});
