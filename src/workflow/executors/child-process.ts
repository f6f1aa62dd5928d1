import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { Observable } from 'rxjs';
import type { UserError } from '../../errors';
import {
  changedOnDisk,
  changedText,
  forbiddenText,
  loadedTexts,
  type ExpectedTexts,
  type Texts,
} from '../../kit/loaded-code';
import { codeChanged, codeNotCounted } from './code-changed';
import { describeDeath, describeExcess, describeNoStart } from './describe-death';
import { LIFELINE } from './die-with-parent';
import type { DrawRequest, ExecutorMember, ExecutorOptions, StageRequest } from './executor';
import { interrupted } from './interrupted';
import { createMemoryGuard, type Excess, type MemoryGuard } from './memory-guard';
import { fromErrorData, type FromChild, type ToChild } from './messages';
import { readMemory } from './read-memory';
import { lastLines, wholeLines } from './whole-lines';

const TAIL = 4000;

/** Runs and draws each stage in its own Node process, which isolates memory, crashes and native libraries. */
export const childProcess: ExecutorMember = {
  summary: 'each stage in its own Node process, which can crash or be ended alone',
  isolates: true,
  open: options => {
    const guard = createMemoryGuard(options.memory, () => process.memoryUsage.rss());
    return {
      run: (request, signal) =>
        inChild(options, guard, request, { type: 'run', request: { ...request, stage: request.stage.name } }, signal),
      draw: (request, signal) =>
        inChild(options, guard, request, { type: 'draw', request: { ...request, stage: request.stage.name } }, signal),
    };
  },
};

/** Sends a request to a new process, and passes on its events, all of which are `Event`s. */
function inChild<Event>(
  options: ExecutorOptions,
  guard: MemoryGuard,
  request: StageRequest | DrawRequest,
  order: Exclude<ToChild, { type: 'stop' }>,
  signal: AbortSignal,
): Observable<Event> {
  return new Observable<Event>(subscriber => {
    const { stage, texts = {} } = request;
    if (signal.aborted) {
      subscriber.error(interrupted(stage.name));
      return;
    }
    // The options and files of the stage were looked up by what this process has loaded.
    const ours = changedText(texts, loadedTexts());
    if (ours !== undefined) {
      subscriber.error(codeChanged(stage.name, ours));
      return;
    }
    const child = start(options, request);
    let last: FromChild | undefined;
    let errors = '';
    let excess: Excess | undefined;
    const memory = guard.watch({
      limit: request.memoryLimit,
      // At once: writing another checkpoint could use up the memory. An earlier checkpoint exists.
      end: found => {
        excess = found;
        child.kill('SIGKILL');
      },
    });

    // Checked here, because a child that was built meanwhile may not know what to check.
    const finish = (loaded: Texts | undefined): void => {
      const changed = changeIn(texts, loaded);
      const forbidden = forbiddenText(texts, loaded ?? {});
      if (changed !== undefined) subscriber.error(codeChanged(stage.name, changed, 'midway'));
      else if (forbidden !== undefined) subscriber.error(codeNotCounted(stage.name, forbidden));
      else subscriber.complete();
    };
    /** A process cannot even start from modules that belong to two builds. */
    const died = (code: number | null, killedBy: string | null): UserError => {
      const changed = changedOnDisk(texts);
      return changed === undefined
        ? describeDeath(stage, order.type, { code, signal: killedBy, errors })
        : codeChanged(stage.name, changed);
    };
    const graceMs = options.graceMs ?? 2000;
    const stop = (): void => stopChild(child, graceMs);
    signal.addEventListener('abort', stop);

    child.on('message', (message: FromChild) => {
      if (message.type === 'event') {
        subscriber.next(message.event as Event);
        return;
      }
      last = message;
      // A thread of the stage that is in native code could hold up its end for ever.
      killLater(child, graceMs);
    });
    const output = (text: string): void => subscriber.next({ type: 'output', text } as Event);
    const printed = wholeLines(text => output(text));
    const complaints = wholeLines(text => {
      errors = lastLines(errors + text, TAIL);
      output(text);
    });
    child.stdout?.on('data', (bytes: Buffer) => printed.take(bytes));
    child.stderr?.on('data', (bytes: Buffer) => complaints.take(bytes));
    const lifeline = lifelineOf(child);
    if (lifeline) readMemory(lifeline, memory.take);
    child.on('error', (error: Error) => {
      memory.release();
      signal.removeEventListener('abort', stop);
      subscriber.error(describeNoStart(stage.name, order.type, error));
    });
    // `close`, not `exit`: messages may still be on their way when the process has ended.
    child.on('close', (code, killedBy) => {
      memory.release();
      signal.removeEventListener('abort', stop);
      printed.end();
      complaints.end();
      if (signal.aborted) subscriber.error(interrupted(stage.name));
      else if (last?.type === 'completed') finish(last.loaded);
      else if (last?.type === 'failed') subscriber.error(fromErrorData(last.error));
      else if (excess !== undefined) subscriber.error(describeExcess(stage, order.type, excess));
      else subscriber.error(died(code, killedBy));
    });
    tell(child, order);
    return stop;
  });
}

/** The module that a process has run but should not have. A process that does not report its modules belongs to another build. */
function changeIn(texts: ExpectedTexts, loaded: Texts | undefined): string | undefined {
  const names = Object.keys(texts);
  if (names.length > 0 && !names.some(name => loaded?.[name] !== undefined)) return 'src/workflow/executors';
  return changedText(texts, loaded ?? {});
}

function start(
  { module, args, execArgv, env, ownSession }: ExecutorOptions,
  request: StageRequest | DrawRequest,
): ChildProcess {
  const child = fork(module, args, {
    execArgv: [...(execArgv ?? [])],
    // Native image decoding runs in this pool; its default of 4 leaves cores idle.
    env: { ...env, UV_THREADPOOL_SIZE: String(request.cores), ...request.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    detached: ownSession === true,
  });
  // Stays open as long as this process lives, without keeping it alive.
  const lifeline = lifelineOf(child);
  lifeline?.on('error', () => undefined);
  lifeline?.unref();
  return child;
}

function lifelineOf(child: ChildProcess): Socket | undefined {
  // None where the process could not be started, for want of file descriptors.
  const pipes = child.stdio as ChildProcess['stdio'] | undefined;
  return (pipes?.[LIFELINE] ?? undefined) as Socket | undefined;
}

function stopChild(child: ChildProcess, graceMs: number): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  tell(child, { type: 'stop' });
  killLater(child, graceMs);
}

function killLater(child: ChildProcess, graceMs: number): void {
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}

function tell(child: ChildProcess, message: ToChild): void {
  // `close` reports a child that dies during a write.
  if (child.connected) child.send(message, () => undefined);
}
