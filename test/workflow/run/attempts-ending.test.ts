import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors';
import type { Executor } from '../../../src/workflow/executors/executor';
import type { RunEvent } from '../../../src/workflow/run/events';
import { runPipeline } from '../../../src/workflow/run/run';
import { openStore } from '../../../src/workflow/store/store';
import type { AnyStage } from '../../../src/stage';
import { EMPTY, Observable } from 'rxjs';
import {
  CLOCK,
  lastOf,
  runToEnd,
  stagesOf,
  temporaryFolder,
  textOf,
  toyPipeline,
  toyRunOptions,
  everyStep,
} from '../../helpers/rig';
import { readTexts, say, TOYS, toyStage, writeText } from '../../helpers/toy-stages';

let artifacts: string;
beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
});

/** A pipeline of one stage that may be tried again. */
function again(stage: AnyStage, delay: number, secrets = {}) {
  const pipeline = toyPipeline(
    { one: { uses: stage.name, with: { token: '${secret:TOKEN}' } } },
    { [stage.name]: stage },
  );
  return { ...pipeline, secrets, steps: pipeline.steps.map(step => ({ ...step, retry: { times: 1, delay } })) };
}

const frail = toyStage('frail', async ({ options }) => {
  await Promise.reject(new UserError(`It fell over with ${String(options['token'])}`, { code: 'stage-crashed' }));
});

describe('what is told of an attempt that is followed by another one', () => {
  test('holds no secret', async () => {
    const events = await runToEnd(again(frail, 0, { TOKEN: 'sesame-open' }), artifacts);
    expect(stagesOf(events, 'stage-retry')).toEqual(['one']);
    expect(JSON.stringify(events)).not.toContain('sesame');
  });
});

describe('a result', () => {
  test('is refused when an artifact that it was made from is damaged meanwhile; the next run makes both anew', async () => {
    let harm = true;
    const clumsy = toyStage('clumsy', async context => {
      const input = join(context.inputs['texts'][0]!.folder, 'text.txt');
      if (harm) await writeFile(input, 'two ');
      await writeText(context, await readTexts(context));
    });
    const steps = { one: { uses: 'say', with: { word: 'one' } }, after: { uses: 'clumsy', from: ['one'] } };
    const pipeline = toyPipeline(steps, { ...TOYS, clumsy });
    const events = await runToEnd(pipeline, artifacts);
    const failed = events.find(event => event.type === 'stage-failed');
    expect(failed).toMatchObject({ stage: 'after', error: { code: 'input-changed' } });
    harm = false;
    expect(lastOf(await runToEnd(pipeline, artifacts))).toMatchObject({ outcome: 'done', executed: 2 });
    expect(await textOf(artifacts, 'after')).toBe('one ');
  });
});

describe('an interrupt', () => {
  test('while another attempt is waited for begins none', async () => {
    const stopping = new AbortController();
    const events: RunEvent[] = [];
    const options = toyRunOptions(await openStore(artifacts, CLOCK), { signal: stopping.signal });
    const pipeline = again(frail, 60);
    await runPipeline(pipeline, everyStep(pipeline), options).forEach(event => {
      events.push(event);
      if (event.type === 'stage-retry') stopping.abort(130);
    });
    expect(stagesOf(events, 'stage-started')).toEqual(['one']);
    expect(lastOf(events)).toMatchObject({ outcome: 'interrupted', exit: 130 });
  });

  test('is no failure: what needs the stage is not said to be skipped because of it', async () => {
    const stopping = new AbortController();
    const events: RunEvent[] = [];
    const steps = { one: { uses: 'listen' }, two: { uses: 'say', from: ['one'] } };
    const options = toyRunOptions(await openStore(artifacts, CLOCK), { signal: stopping.signal });
    const pipeline = toyPipeline(steps, TOYS);
    await runPipeline(pipeline, everyStep(pipeline), options).forEach(event => {
      events.push(event);
      if (event.type === 'stage-progress') stopping.abort(130);
    });
    expect(stagesOf(events, 'stage-skipped')).toEqual([]);
    expect(lastOf(events)).toMatchObject({ outcome: 'interrupted', notRun: 2 });
  });
});

describe('an event that cannot be kept', () => {
  test('ends the stage before its folder is taken away', async () => {
    const order: string[] = [];
    // As a process does that needs a while to end.
    const slow: Executor = {
      run: (_, signal) =>
        new Observable(subscriber => {
          signal.addEventListener('abort', () => {
            void sleep(50).then(() => {
              order.push('ended');
              subscriber.error(new UserError('Interrupted', { code: 'interrupted' }));
            });
          });
          setImmediate(() => subscriber.next({ type: 'output', text: 'so much' }));
        }),
      draw: () => EMPTY,
    };
    const notes = {
      note: () => undefined,
      logFile: () => null,
      output: () => {
        throw new Error('No room for it');
      },
    };
    const run = { id: 'x', folder: '/nowhere', rerun: () => 'x', notes };
    const options = toyRunOptions(await openStore(artifacts, CLOCK), { executor: slow, run });
    const pipeline = toyPipeline({ one: { uses: 'say' } }, { say });
    await runPipeline(pipeline, everyStep(pipeline), options).forEach(event => {
      if (event.type !== 'stage-failed') return;
      order.push('failed');
      expect(event.error.message).toBe('No room for it');
    });
    expect(order).toEqual(['ended', 'failed']);
  });
});
