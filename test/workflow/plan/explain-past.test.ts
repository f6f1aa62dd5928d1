import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Action, KeyLeaves } from '../../../src/workflow/store/actions/action';
import type { InputRecord } from '../../../src/workflow/store/objects/manifest';
import { openStore, readAction } from '../../../src/workflow/store/store';
import type { RunEvent } from '../../../src/workflow/run/events';
import { presentId, reasonsFor, type Present } from '../../../src/workflow/plan/explain';
import { explainPast } from '../../../src/workflow/plan/explain-past';
import type { Reason } from '../../../src/workflow/plan/planned-step';
import { CLOCK, runToEnd, temporaryFolder, toyPipeline, type ToyStep } from '../../helpers/rig';
import { TOYS } from '../../helpers/toy-stages';

const word = (text: string): ToyStep => ({ uses: 'say', with: { word: text } });
const after = (...from: string[]): ToyStep => ({ uses: 'say', from });

test('a change is followed to the execution that it came from, also where a name has meant something else', async () => {
  const artifacts = join(await temporaryFolder(), 'artifacts');
  const run = (steps: Record<string, ToyStep>): Promise<RunEvent[]> => runToEnd(toyPipeline(steps, TOYS), artifacts);
  await run({ a: word('w0'), b: after('a'), end: after('a', 'b') });
  // This `b` was made from an `a` that is called `z` in the last run, where `a` is another stage.
  await run({ a: word('w1'), b: after('a') });
  await sleep(5);
  const started = new Date().toISOString();
  const events = await run({ z: word('w1'), a: word('w2'), b: after('z'), end: after('a', 'b') });
  const finished = events.find(event => event.type === 'stage-finished' && event.stage === 'end');
  const { key } = finished as Extract<RunEvent, { type: 'stage-finished' }>;
  const store = await openStore(artifacts, CLOCK);
  const { leaves } = (await readAction(store, key))!;
  const past = { run: 'r', pipeline: 'toy', stage: 'end', uses: 'say', key, leaves, reused: false, started };
  const { because } = await explainPast(past, store);
  expect(because.map(reason => reason.chain)).toEqual([
    ['end', 'a', 'options.word w0 → w2'],
    ['end', 'b', 'a', 'options.word w0 → w1'],
  ]);
});

test('a chain is followed to its beginning, however long it is', async () => {
  const length = 5000;
  const keyOf = (run: string, i: number): string => `${run}${i}`;
  const inputsOf = (run: string, i: number): InputRecord[] =>
    i === 0
      ? []
      : [{ port: 'texts', step: `s${i - 1}`, output: 'text', digest: run, key: keyOf(run, i - 1), object: 'o' }];
  const leavesOf = (run: string, i: number): KeyLeaves =>
    i === 0 ? { 'options.word': run } : { 'inputs.texts[0]': run };
  const present = (i: number): Present => {
    return {
      step: { id: `s${i}`, placesOf: () => [] },
      leaves: leavesOf('new', i),
      inputs: inputsOf('new', i),
      modules: {},
    };
  };
  const before = (i: number): Action =>
    ({ key: keyOf('old', i), leaves: leavesOf('old', i), inputs: inputsOf('old', i) }) as unknown as Action;
  const steps = Array.from({ length }, (_, i) => i);
  const scope = {
    store: await openStore(join(await temporaryFolder(), 'artifacts'), CLOCK),
    past: { actions: [], byKey: new Map(steps.map(i => [keyOf('old', i), before(i)])), of: () => [] },
    presents: new Map(steps.map(i => [presentId(`s${i}`, keyOf('new', i)), present(i)])),
    followed: new Map<string, Promise<Reason[]>>(),
  };
  const [reason] = await reasonsFor(present(length - 1), before(length - 1), scope);
  expect(reason!.chain).toHaveLength(length + 1);
  expect(reason!.chain.at(-1)).toBe('options.word old → new');
});
