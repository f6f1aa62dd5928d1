import { defer, EMPTY, Observable, switchMap } from 'rxjs';
import { drawPictures } from './draw-pictures';
import type { DrawEvent, Executor, ExecutorMember } from './executor';
import { interrupted } from './interrupted';
import { stageContext } from './stage-context';

/** Runs stages in this process: for tests, and in the process of a stage. It cannot end a stage that does not respond. */
export const inProcess: ExecutorMember = {
  summary: 'every stage in this process, for tests; it cannot end a stage that does not respond',
  isolates: false,
  open: () => here,
};

/** What runs stages in this process. */
export const here: Executor = {
  run: (request, signal) =>
    stoppable(request.stage.name, signal, stopping =>
      defer(request.stage.body).pipe(
        // Aborted while the body was loaded: nothing has begun.
        switchMap(body => (stopping.aborted ? EMPTY : body.run(stageContext(request, stopping)))),
      ),
    ),
  draw: (request, signal) =>
    stoppable(
      request.stage.name,
      signal,
      stopping =>
        new Observable<DrawEvent>(subscriber => {
          drawPictures(request, stopping, event => subscriber.next(event)).then(
            () => subscriber.complete(),
            (error: unknown) => subscriber.error(error),
          );
        }),
    ),
};

/** Work that stops when the signal is aborted or it has no subscriber, and then errors with `interrupted`. */
function stoppable<Event>(
  stage: string,
  signal: AbortSignal,
  begin: (stopping: AbortSignal) => Observable<Event>,
): Observable<Event> {
  return new Observable<Event>(subscriber => {
    if (signal.aborted) {
      subscriber.error(interrupted(stage));
      return;
    }
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    signal.addEventListener('abort', stop);
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', stop);
      if (stopping.signal.aborted) subscriber.error(interrupted(stage));
      else end();
    };
    try {
      // Not tied to the subscriber: after an unsubscription we still need to know when the work ends.
      begin(stopping.signal).subscribe({
        next: event => subscriber.next(event),
        error: (error: unknown) => settle(() => subscriber.error(error)),
        complete: () => settle(() => subscriber.complete()),
      });
    } catch (error) {
      settle(() => subscriber.error(error));
    }
    return stop;
  });
}
