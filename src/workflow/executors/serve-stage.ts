import type { Observable } from 'rxjs';
import type { AnyStage } from '../../stage';
import { holdTexts, loadedTexts } from '../../kit/loaded-code';
import { codeChanged } from './code-changed';
import { describeNoStart } from './describe-death';
import { dieWithParent } from './die-with-parent';
import type { WorkEvent } from './executor';
import { here } from './in-process';
import { toErrorData, type FromChild, type ToChild } from './messages';

/** The other end of `childProcess`: runs the requested stage, or draws its pictures, then ends the process. */
export function serveStage(stages: Readonly<Record<string, AnyStage>>): void {
  const stopping = new AbortController();
  // Ctrl-C and the end of a terminal reach the whole process group; the parent decides what happens.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // A killed parent cannot stop this process, and nobody would take the result.
  const unwatched = watched();
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('uncaughtException', fail);
  process.on('message', (message: ToChild) => {
    if (message.type === 'stop') stopping.abort();
    else if (unwatched === undefined) serve(stages, message, stopping.signal);
    else fail(describeNoStart(message.request.stage, message.type, unwatched));
  });
}

/** Why the thread that watches the parent could not be started. */
function watched(): unknown {
  try {
    dieWithParent();
    return undefined;
  } catch (error) {
    return error;
  }
}

function serve(
  stages: Readonly<Record<string, AnyStage>>,
  message: Exclude<ToChild, { type: 'stop' }>,
  signal: AbortSignal,
): void {
  const { texts, stage: name } = message.request;
  const stage = stages[name];
  if (stage === undefined) {
    fail(new Error(`There is no stage "${name}"`));
    return;
  }
  // Before the work, which may take hours, and then be for nothing.
  const changed = texts === undefined ? undefined : holdTexts(texts);
  if (changed !== undefined) {
    fail(codeChanged(stage.name, changed));
    return;
  }
  const work: Observable<Extract<FromChild, { type: 'event' }>['event']> =
    message.type === 'run'
      ? here.run({ ...message.request, stage }, signal)
      : here.draw({ ...message.request, stage }, signal);
  work.subscribe({
    next: event => say({ type: 'event', event }),
    error: fail,
    complete: () => {
      say({ type: 'event', event: resources() });
      say({ type: 'completed', loaded: loadedTexts() }, endProcess);
    },
  });
}

function fail(error: unknown): void {
  say({ type: 'failed', error: toErrorData(error) }, endProcess);
}

function resources(): WorkEvent {
  // Kilobytes on every system.
  return { type: 'resources', peakMemory: process.resourceUsage().maxRSS * 1024 };
}

function say(message: FromChild, then?: () => void): void {
  process.send?.(message, () => then?.());
}

/** Libraries may keep the process alive with their threads, or throw when it ends: everything has been sent by now. */
function endProcess(): void {
  try {
    process.exit(0);
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}
