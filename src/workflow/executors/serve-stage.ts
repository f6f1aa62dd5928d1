import type { Observable } from 'rxjs';
import type { AnyStage } from '../../stage';
import { holdTexts, loadedTexts } from '../../kit/loaded-code';
import { codeChanged } from './code-changed';
import { describeNoStart } from './describe-death';
import { dieWithParent } from './die-with-parent';
import type { WorkEvent } from './executor';
import { here } from './in-process';
import { toErrorData, type FromChild, type ToChild } from './messages';

/** The other end of `childProcess`: runs the one stage that it is told to, or draws its pictures, then ends the process. */
export function serveStage(stages: Readonly<Record<string, AnyStage>>): void {
  const stopping = new AbortController();
  // Ctrl-C and the end of a terminal reach the whole process group; it is for the parent to decide what happens.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // A parent that was killed cannot stop us, and nobody would take the result.
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

/** Libraries may hold the process open with threads of their own, or by throwing when it ends: all that counts has been said. */
function endProcess(): void {
  try {
    process.exit(0);
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}
