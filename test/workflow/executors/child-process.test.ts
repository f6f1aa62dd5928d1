import { spawn } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { childProcess } from '../../../src/workflow/executors/child-process';
import type { Executor, StageRequest, WorkEvent } from '../../../src/workflow/executors/executor';
import { childrenOf, isAlive } from '../../helpers/processes';
import { temporaryFolder, toyChildren } from '../../helpers/rig';
import { toyRequest } from '../../helpers/toy-request';

const PARENT = join(__dirname, '..', '..', 'helpers', 'toy-parent.ts');
const REGISTER = join(__dirname, '..', '..', 'helpers', 'register-typescript.js');

describe('childProcess()', () => {
  test('reports the peak memory of the process, in bytes', async () => {
    const events: WorkEvent[] = [];
    await run(toyChildren(), 'say', event => events.push(event));
    const [resources] = events.filter(event => event.type === 'resources');
    // No Node process fits into 20 MB, and this one needs no gigabyte. Linux counts from the moment at which it is still its parent's copy.
    const parent = 1024 * process.resourceUsage().maxRSS;
    expect(resources!.peakMemory).toBeGreaterThan(20e6);
    expect(resources!.peakMemory).toBeLessThan(1e9 + parent);
  });

  test('says what to do when the process was killed, as when memory runs out', async () => {
    await expect(run(toyChildren(), 'die')).rejects.toMatchObject({
      code: 'stage-killed',
      message: expect.stringContaining('--jobs 1'),
    });
  });

  test('says what to do when the heap that Node allows is used up', async () => {
    await expect(run(toyChildren(undefined, ['--max-old-space-size=40']), 'eat')).rejects.toMatchObject({
      code: 'stage-out-of-memory',
      message: expect.stringContaining('--max-old-space-size'),
    });
  });

  test('takes what a stage has made although an exit handler in its process throws', async () => {
    await run(toyChildren(60_000), 'leave-badly');
  }, 20_000);

  test('keeps the error of a stage although an exit handler in its process throws', async () => {
    const running = run(toyChildren(60_000), 'leave-badly', undefined, undefined, { options: { word: 'fail' } });
    await expect(running).rejects.toMatchObject({ code: 'corrupt' });
  }, 20_000);

  test('ends a stage that takes more than its limit outside of the heap, and keeps what it has put by', async () => {
    const request = await toyRequest('gorge', { options: { word: 2000 }, memoryLimit: 400e6 });
    const running = toyChildren()
      .run(request, new AbortController().signal)
      .forEach(() => undefined);
    await expect(running).rejects.toMatchObject({
      code: 'too-much-memory',
      message: expect.stringMatching(
        /Stage "gorge" used 4\d\d MB of memory, and its limit is 400 MB.*run the same command again to resume$/,
      ),
    });
    expect(Number(await readFile(join(request.checkpoints, 'taken'), 'utf8'))).toBeGreaterThan(100);
  });

  test('ends a stage that takes too much while its main thread is in native code', async () => {
    const running = run(toyChildren(), 'gorge', undefined, undefined, {
      options: { word: 'at once' },
      memoryLimit: 400e6,
    });
    await expect(running).rejects.toMatchObject({ code: 'too-much-memory' });
  }, 30_000);

  test('ends the largest stage when all at once take more than they may, and lets the other go on', async () => {
    const executor = toyChildren(undefined, [], process.memoryUsage.rss() + 700e6);
    const stopping = new AbortController();
    const small = run(executor, 'gorge', undefined, stopping.signal, { options: { word: 100 } });
    const large = run(executor, 'gorge', undefined, undefined, { options: { word: 2000 } });
    await expect(large).rejects.toMatchObject({
      code: 'too-much-memory',
      message: expect.stringContaining('--jobs 1'),
    });
    stopping.abort();
    await expect(small).rejects.toMatchObject({ code: 'interrupted' });
  }, 30_000);

  test('does not begin where the system gives no thread that watches the parent', async () => {
    const preload = join(await temporaryFolder(), 'no-threads.js');
    await writeFile(
      preload,
      `require('node:worker_threads').Worker = class {
        constructor() { throw Object.assign(new Error('Worker initialization failure: EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' }); }
      };`,
    );
    await expect(run(toyChildren(60_000, ['-r', preload]), 'say')).rejects.toMatchObject({
      code: 'stage-not-started',
      message: expect.stringContaining('ulimit -u'),
    });
  });

  test('does not begin when the modules that lie there are not those that were asked for', async () => {
    const request = await toyRequest('say', { texts: { 'src/errors': '0'.repeat(32) } });
    const running = toyChildren()
      .run(request, new AbortController().signal)
      .forEach(() => undefined);
    await expect(running).rejects.toMatchObject({
      code: 'code-changed',
      message: expect.stringContaining('src/errors'),
    });
    expect(await readdir(join(request.folder, 'text'))).toEqual([]);
  });

  test.each([
    ['something else', { 'src/a': 'other', 'src/b': 'b' }, 'src/a'],
    ['nothing that it tells', {}, 'src/workflow/executors'],
    ['what it does not tell', undefined, 'src/workflow/executors'],
  ])('takes nothing from a process that has run %s', async (_, loaded, what) => {
    const request = await toyRequest('say', { texts: { 'src/a': 'a', 'src/b': 'b' } });
    const running = (await childThatHasRun(loaded)).run(request, new AbortController().signal).forEach(() => undefined);
    await expect(running).rejects.toMatchObject({
      code: 'code-changed-midway',
      message: expect.stringContaining(what),
    });
  });

  test('takes nothing from a process that has run a module which its key does not count', async () => {
    const request = await toyRequest('say', { texts: { 'src/a': 'a', 'src/toys/cube': null, 'src/toys/ball': null } });
    const child = await childThatHasRun({ 'src/a': 'a', 'src/toys/cube': 'c' });
    await expect(child.run(request, new AbortController().signal).forEach(() => undefined)).rejects.toMatchObject({
      code: 'code-changed-midway',
      message: expect.stringMatching(/^Cannot keep the result of stage "say": it ran src\/toys\/cube, a member/),
    });
  });

  test('takes what a process has made that has run some of what was asked for and other modules beside it', async () => {
    const request = await toyRequest('say', { texts: { 'src/a': 'a', 'src/b': 'b' } });
    const child = await childThatHasRun({ 'src/a': 'a', 'src/c': 'c' });
    await child.run(request, new AbortController().signal).forEach(() => undefined);
  });

  test('gives the stage its variables, over those of the executor', async () => {
    const seen: WorkEvent[] = [];
    const request = await toyRequest('look-round', { env: { TOY_MODE: 'loud' } });
    await toyChildren()
      .run(request, new AbortController().signal)
      .forEach(event => void seen.push(event));
    expect(seen.find(event => event.type === 'metrics')).toMatchObject({ values: { mode: 'loud' } });
  });

  test('kills a stage that does not listen, after the grace', async () => {
    const stopping = new AbortController();
    const running = run(toyChildren(100), 'deaf', () => stopping.abort(), stopping.signal);
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('ends the process when nobody is subscribed any more', async () => {
    const request = await toyRequest('deaf');
    const pid = await new Promise<number>(resolve => {
      const before = childrenOf(process.pid);
      const subscription = toyChildren(100)
        .run(request, new AbortController().signal)
        .subscribe(event => {
          if (event.type !== 'progress') return;
          resolve(childrenOf(process.pid).find(child => !before.includes(child))!);
          subscription.unsubscribe();
        });
    });
    expect(pid).toBeGreaterThan(0);
    while (isAlive(pid)) await new Promise(resolve => setTimeout(resolve, 20));
  });
});

/** A process that says what it is told to say, whatever it is asked for. */
async function childThatHasRun(loaded: object | undefined): Promise<Executor> {
  const module = join(await temporaryFolder(), 'child.js');
  const message = JSON.stringify({ type: 'completed', loaded });
  await writeFile(module, `process.on('message', () => process.send(${message}, () => process.exit(0)));`);
  return childProcess.open({ module, args: [], env: process.env });
}

describe('the process of a stage', () => {
  const ORPHANS: readonly (readonly [what: string, stage: string, word: string])[] = [
    ['waits', 'deaf', ''],
    ['computes in JavaScript without end', 'busy', ''],
    ['computes in native code without end', 'busy', 'native'],
    ['has a thread that computes in native code without end', 'linger', 'stay'],
  ];
  test.each(ORPHANS)(
    'that %s ends with its parent, when that is killed',
    async (_, stage, word) => {
      const parent = spawn(process.execPath, ['-r', REGISTER, PARENT, stage, word], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise(resolve => parent.stdout.once('data', resolve));
      const [child] = childrenOf(parent.pid!);
      try {
        // It is where nothing that its main thread could do would help.
        await new Promise(resolve => setTimeout(resolve, 500));
        expect(isAlive(child!)).toBe(true);
        parent.kill('SIGKILL');
        const isGone = await until(() => !isAlive(child!), 20_000);
        expect(isGone).toBe(true);
      } finally {
        if (isAlive(child!)) process.kill(child!, 'SIGKILL');
      }
    },
    60_000,
  );

  test('that is done is not waited for when a thread of it computes on', async () => {
    await run(toyChildren(100), 'linger');
  });
});

/** Whether it came about within so many milliseconds. */
async function until(isSo: () => boolean, milliseconds: number): Promise<boolean> {
  for (const start = Date.now(); Date.now() - start < milliseconds;) {
    if (isSo()) return true;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return isSo();
}

async function run(
  executor: Executor,
  stage: string,
  onEvent: (event: WorkEvent) => unknown = () => undefined,
  signal = new AbortController().signal,
  more: Partial<StageRequest> = {},
): Promise<void> {
  await executor.run(await toyRequest(stage, more), signal).forEach(event => void onEvent(event));
}
