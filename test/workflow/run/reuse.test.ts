import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { acceptAction } from '../../../src/workflow/store/actions/actions';
import { openStore, readAction } from '../../../src/workflow/store/store';
import type { RunEvent } from '../../../src/workflow/run/events';
import { nearestTo, readPast, rowsSimilarTo } from '../../../src/workflow/plan/past';
import { planPipeline } from '../../../src/workflow/plan/plan-pipeline';
import type { AnyStage } from '../../../src/stage';
import {
  CLOCK,
  lastOf,
  runToEnd,
  stagesOf,
  temporaryFolder,
  textOf,
  toyPipeline,
  toyProgram,
  type ToyStep,
} from '../../helpers/rig';
import { readTexts, TOYS, toyStage, writeText } from '../../helpers/toy-stages';

let artifacts: string;
beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
});

const plannedIn = (events: readonly RunEvent[], stage: string) =>
  events.find(event => event.type === 'stage-planned' && event.stage === stage);

describe('rows of earlier artifacts', () => {
  const seen: string[][] = [];
  const spell = toyStage(
    'spell',
    async context => {
      const { earlier, options } = context;
      seen.push(await Promise.all(earlier.map(each => readFile(join(each.output('text'), 'text.txt'), 'utf8'))));
      await writeText(context, `${await readTexts(context)}${String(options['tone'])}`);
    },
    { rowInputs: ['texts'] },
  );
  const pipeline = (word: string, tone: string) => {
    const steps: Record<string, ToyStep> = {
      word: { uses: 'say', with: { word } },
      spell: { uses: 'spell', from: ['word'], with: { tone } },
    };
    return toyPipeline(steps, { ...TOYS, spell });
  };
  beforeEach(() => void (seen.length = 0));

  test('are not taken from a result that a person accepted for other options: it was made with the old ones', async () => {
    await runToEnd(pipeline('a', 'low'), artifacts);
    const store = await openStore(artifacts, CLOCK);
    const { steps } = pipeline('a', 'high');
    const options = {
      pipeline: pipeline('a', 'high'),
      store,
      program: toyProgram('wasm'),
      cores: 1,
      forced: new Set<string>(),
      steps,
    };
    const { plan } = (await planPipeline(options))[1]!;
    const from = (await readAction(store, plan!.planned.nearest!.key))!;
    await acceptAction(store, from, { key: plan!.key, leaves: plan!.present.leaves }, 'sounds alike');
    const events = await runToEnd(pipeline('b', 'high'), artifacts);
    expect(seen).toEqual([[], []]);
    expect(plannedIn(events, 'spell')).toMatchObject({ state: 'miss' });
    expect(await textOf(artifacts, 'spell')).toBe('b high');
  });

  test('are neither taken nor promised when the stage is forced', async () => {
    await runToEnd(pipeline('a', 'low'), artifacts);
    const events = await runToEnd(pipeline('b', 'low'), artifacts, { force: 'all' });
    expect(seen).toEqual([[], []]);
    expect(plannedIn(events, 'spell')).toMatchObject({ state: 'miss' });
  });
});

describe('equal stages', () => {
  let executions = 0;
  const slow = toyStage('slow', async context => {
    executions++;
    await new Promise(resolve => setTimeout(resolve, 50));
    await writeText(context, 'slow');
  });
  const twins = toyPipeline({ one: { uses: 'slow' }, two: { uses: 'slow' } }, { slow });
  beforeEach(() => void (executions = 0));

  test('of one run wait for each other although nobody wants to wait for other runs', async () => {
    const events = await runToEnd(twins, artifacts, { wait: false, jobs: 2 });
    expect(lastOf(events)).toMatchObject({ outcome: 'done', executed: 1, reused: 1 });
    expect(executions).toBe(1);
  });

  test('are executed once also when they are forced, one after the other', async () => {
    await runToEnd(twins, artifacts);
    executions = 0;
    const events = await runToEnd(twins, artifacts, { force: 'all', run: { ...RUN, id: '20260101-000000-second' } });
    expect(executions).toBe(1);
    expect(stagesOf(events, 'stage-reused')).toEqual(['two']);
  });

  const RUN = {
    folder: '/nowhere',
    rerun: (step: string) => step,
    notes: { note: () => undefined, output: () => undefined, logFile: () => null },
  };
});

describe('a result that was accepted', () => {
  test('does not make the stage look as if it were not deterministic when it is made after all', async () => {
    const echo: AnyStage = toyStage('echo', async context => writeText(context, String(context.options['word'])));
    const pipeline = (word: string) => toyPipeline({ one: { uses: 'echo', with: { word } } }, { echo });
    await runToEnd(pipeline('a'), artifacts);
    const store = await openStore(artifacts, CLOCK);
    const options = {
      pipeline: pipeline('b'),
      store,
      program: toyProgram('wasm'),
      cores: 1,
      forced: new Set<string>(),
    };
    const { plan } = (await planPipeline({ ...options, steps: options.pipeline.steps }))[0]!;
    const from = (await readAction(store, plan!.planned.nearest!.key))!;
    await acceptAction(store, from, { key: plan!.key, leaves: plan!.present.leaves }, 'the same to me');
    const events = await runToEnd(pipeline('b'), artifacts, { force: 'all' });
    expect(stagesOf(events, 'stage-log')).toEqual([]);
    expect(await readAction(store, plan!.key)).toMatchObject({ accepted: null, others: [] });
  });
});

describe('the past', () => {
  test('offers rows of the same step first, then of steps with its name, then of any, newest first', async () => {
    await runToEnd(toyPipeline({ one: { uses: 'say' } }, TOYS), artifacts);
    const [model] = (await readPast(await openStore(artifacts, CLOCK))).actions;
    const made = (key: string, pipeline: string, step: string) => {
      return { ...model!, key, pipeline, step, leaves: { a: 1, 'inputs.texts[0]': key } };
    };
    const actions = [made('1', 'x', 'two'), made('2', 'x', 'one'), made('3', 'toy', 'two'), made('4', 'toy', 'one')];
    const past = { actions, byKey: new Map(), of: () => actions };
    const at = { pipeline: 'toy', step: 'one', stage: 'say' };
    const similar = rowsSimilarTo({ a: 1, 'inputs.texts[0]': 'new' }, at, ['texts'], past);
    expect(similar.map(({ key }) => key)).toEqual(['4', '2', '1', '3']);
    expect(nearestTo({ a: 1, 'inputs.texts[0]': 'new' }, { ...at, pipeline: 'y' }, past)?.key).toBe('2');
  });

  test('is compared in a moment although there is much of it', async () => {
    await runToEnd(toyPipeline({ one: { uses: 'say' } }, TOYS), artifacts);
    const store = await openStore(artifacts, CLOCK);
    const [model] = (await readPast(store)).actions;
    const leaves = (seed: number) =>
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`options.o${i}`, i && i + seed]));
    const actions = Array.from({ length: 5000 }, (_, i) => ({ ...model!, key: String(i), leaves: leaves(i + 1) }));
    const past = { actions, byKey: new Map(), of: () => actions };
    const at = { pipeline: 'toy', step: 'one', stage: 'say' };
    let looked = 0;
    const counting = new Proxy(leaves(0), { get: (target, name) => (looked++, target[String(name)]) });
    expect(rowsSimilarTo(counting, at, [], past)).toEqual([]);
    expect(looked).toBe(0);
    expect(rowsSimilarTo(counting, at, ['texts'], past)).toEqual([]);
    // One leaf that differs is enough to know.
    expect(looked).toBeLessThan(3 * 5000);
    expect(nearestTo(leaves(7), at, past)?.key).toBe('6');
  });
});
