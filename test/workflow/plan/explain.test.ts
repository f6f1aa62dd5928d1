import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '../../../src/workflow/store/store';
import type { CheckedPipeline, Place } from '../../../src/workflow/configuration/checked-pipeline';
import type { RunEvent } from '../../../src/workflow/run/events';
import { planPipeline } from '../../../src/workflow/plan/plan-pipeline';
import type { PlannedStep } from '../../../src/workflow/plan/planned-step';
import type { Program } from '../../../src/workflow/keys/program';
import { CLOCK, runToEnd, temporaryFolder, toyPipeline, toyProgram, type ToyStep } from '../../helpers/rig';
import { TOYS } from '../../helpers/toy-stages';

let artifacts: string;
beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
});

const steps = (word: string): Record<string, ToyStep> => ({
  start: { uses: 'say', with: { word } },
  middle: { uses: 'say', from: ['start'], with: { word: 'm' } },
  end: { uses: 'say', from: ['middle'], with: { word: 'e' } },
});
const place: Place = { file: '/toy.yaml', line: 4, column: 9, text: 'word: b' };

function pipelineOf(word: string): CheckedPipeline {
  const pipeline = toyPipeline(steps(word), TOYS);
  const placesOf = (leaf: string): Place[] => (leaf === 'options.word' ? [place] : []);
  return { ...pipeline, steps: pipeline.steps.map(step => (step.id === 'start' ? { ...step, placesOf } : step)) };
}

const plannedIn = (events: readonly RunEvent[], stage: string): PlannedStep =>
  events.find(event => event.type === 'stage-planned' && event.stage === stage) as PlannedStep & RunEvent;

async function plan(word: string, program = toyProgram('wasm')): Promise<PlannedStep[]> {
  const pipeline = pipelineOf(word);
  const store = await openStore(artifacts, CLOCK);
  const planned = await planPipeline({
    pipeline,
    store,
    program,
    cores: 2,
    steps: pipeline.steps,
    forced: new Set<string>(),
  });
  return planned.map(stage => stage.planned);
}

describe('what a run says about a stage before it runs', () => {
  test('is that has never run, the first time', async () => {
    const events = await runToEnd(pipelineOf('a'), artifacts);
    expect(plannedIn(events, 'start')).toMatchObject({
      state: 'miss',
      because: [{ leaf: 'stage', text: 'has never run' }],
      nearest: null,
      expected: null,
    });
  });

  test('is who made it, for a hit', async () => {
    await runToEnd(pipelineOf('a'), artifacts);
    const events = await runToEnd(pipelineOf('a'), artifacts);
    expect(plannedIn(events, 'start')).toMatchObject({
      state: 'hit',
      because: [],
      nearest: { run: '20260101-000000-toy-run', step: 'start', differing: 0 },
      saves: expect.any(Number),
    });
  });

  test('is the changed leaf, old and new, with its place', async () => {
    await runToEnd(pipelineOf('a'), artifacts);
    const events = await runToEnd(pipelineOf('b'), artifacts);
    expect(plannedIn(events, 'start')).toMatchObject({
      state: 'miss',
      nearest: { differing: 1 },
      because: [{ leaf: 'options.word', before: 'a', after: 'b', text: 'options.word a → b', places: [place] }],
      expected: { runs: 1 },
    });
  });

  test('is the chain to where a change began, for what comes after', async () => {
    await runToEnd(pipelineOf('a'), artifacts);
    const events = await runToEnd(pipelineOf('b'), artifacts);
    expect(plannedIn(events, 'end')).toMatchObject({
      because: [
        {
          leaf: 'inputs.texts[0]',
          text: 'input middle changed',
          places: [place],
          chain: ['end', 'middle', 'start', 'options.word a → b'],
        },
      ],
    });
  });

  test('compares with the execution that shares most, not with the last', async () => {
    await runToEnd(toyPipeline({ one: { uses: 'say', with: { word: 'a', tone: 1, speed: 1 } } }, TOYS), artifacts);
    await runToEnd(toyPipeline({ one: { uses: 'say', with: { word: 'b', tone: 2, speed: 2 } } }, TOYS), artifacts);
    const third = toyPipeline({ one: { uses: 'say', with: { word: 'a', tone: 1, speed: 3 } } }, TOYS);
    const { because } = plannedIn(await runToEnd(third, artifacts), 'one');
    expect(because.map(reason => reason.text)).toEqual(['options.speed 1 → 3']);
  });

  test('names the module whose code changed', async () => {
    const programOf = (modules: Program['modules']) => {
      const program = { modules, runtime: {} };
      return () => program;
    };
    await runToEnd(pipelineOf('a'), artifacts, { program: programOf({ 'src/a': '1', 'src/b': '1', 'src/old': '1' }) });
    const [start] = await plan('a', programOf({ 'src/a': '1', 'src/b': '2', 'src/new': '1' }));
    expect(start!.because.map(reason => reason.text)).toEqual([
      'code of src/b changed',
      'code of src/new is new',
      'code of src/old was removed',
    ]);
  });
});

describe('planPipeline()', () => {
  test('executes nothing, and calls what comes after a miss pending', async () => {
    expect((await plan('a')).map(({ stage, state }) => [stage, state])).toEqual([
      ['start', 'miss'],
      ['middle', 'pending'],
      ['end', 'pending'],
    ]);
    await runToEnd(pipelineOf('a'), artifacts);
    expect((await plan('a')).map(({ state }) => state)).toEqual(['hit', 'hit', 'hit']);
    const changed = await plan('b');
    expect(changed.map(({ state }) => state)).toEqual(['miss', 'pending', 'pending']);
    expect(changed[1]).toMatchObject({ key: null, because: [{ text: 'after start' }], expected: { runs: 1 } });
  });

  test('tells that the object of a finished stage is damaged', async () => {
    await runToEnd(pipelineOf('a'), artifacts);
    await writeFile(join(artifacts, 'toy', 'start', 'text', 'text.txt'), 'b ');
    const [start] = await plan('a');
    expect(start).toMatchObject({ state: 'miss', because: [{ text: expect.stringMatching(/damaged.*text\.txt/) }] });
    // It is in quarantine by now.
    expect((await plan('a'))[0]).toMatchObject({
      state: 'miss',
      because: [{ text: expect.stringMatching(/damaged/) }],
    });
  });
});
