import { fork, type ChildProcess } from 'node:child_process';
import { Observable } from 'rxjs';
import { describeDeath, describeNoStart } from './describe-death';
import type { Executor, StageRequest, WorkEvent } from './executor';
import { interrupted } from './interrupted';
import { fromErrorData, type FromChild, type ToChild } from './messages';
import { lastLines, wholeLines } from './whole-lines';

export interface ChildProcessOptions {
  /** Module that calls `serveStage`. */
  readonly module: string;
  readonly args: readonly string[];
  /** Options for Node itself. */
  readonly execArgv?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Away from the terminal: its end kills a process that has just been started, and cannot say yet that this is none of its business. */
  readonly ownSession?: boolean;
  /** How long a stage may take to stop before it is killed. */
  readonly graceMs?: number;
}

const TAIL = 4000;

/** Runs each stage in a Node process of its own, so that its memory, its crashes and its native libraries stay there. */
export function childProcess(options: ChildProcessOptions): Executor {
  return {
    name: 'child-process',
    run: (request, signal) =>
      new Observable<WorkEvent>(subscriber => {
        const { stage } = request;
        if (signal.aborted) {
          subscriber.error(interrupted(stage.name));
          return;
        }
        const child = start(options, request);
        let last: FromChild | undefined;
        let errors = '';

        const stop = (): void => stopChild(child, options.graceMs ?? 2000);
        signal.addEventListener('abort', stop);

        child.on('message', (message: FromChild) => {
          if (message.type === 'event') subscriber.next(message.event);
          else last = message;
        });
        const printed = wholeLines(text => subscriber.next({ type: 'output', text }));
        const complaints = wholeLines(text => {
          errors = lastLines(errors + text, TAIL);
          subscriber.next({ type: 'output', text });
        });
        child.stdout?.on('data', (octets: Buffer) => printed.take(octets));
        child.stderr?.on('data', (octets: Buffer) => complaints.take(octets));
        child.on('error', (error: Error) => {
          signal.removeEventListener('abort', stop);
          subscriber.error(describeNoStart(stage.name, error));
        });
        // `close`, not `exit`: messages may still be on their way when the process has ended.
        child.on('close', (code, killedBy) => {
          signal.removeEventListener('abort', stop);
          printed.end();
          complaints.end();
          if (signal.aborted) subscriber.error(interrupted(stage.name));
          else if (last?.type === 'completed') subscriber.complete();
          else if (last?.type === 'failed') subscriber.error(fromErrorData(last.error));
          else subscriber.error(describeDeath(stage.name, code, killedBy, errors));
        });
        tell(child, { type: 'run', request: { ...request, stage: stage.name } });
        return stop;
      }),
  };
}

function start({ module, args, execArgv, env, ownSession }: ChildProcessOptions, request: StageRequest): ChildProcess {
  return fork(module, args, {
    execArgv: [...(execArgv ?? [])],
    // Native image decoding runs in this pool; its default of 4 leaves cores idle.
    env: { ...env, UV_THREADPOOL_SIZE: String(request.cores), ...request.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: ownSession === true,
  });
}

function stopChild(child: ChildProcess, graceMs: number): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  tell(child, { type: 'stop' });
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}

function tell(child: ChildProcess, message: ToChild): void {
  // A child that died while it was spoken to is reported by `close`.
  if (child.connected) child.send(message, () => undefined);
}
