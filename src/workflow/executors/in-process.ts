import { defer, EMPTY, Observable, switchMap } from 'rxjs';
import type { Executor, WorkEvent } from './executor';
import { interrupted } from './interrupted';
import { stageContext } from './stage-context';

/** Runs stages in this process: for tests, and to follow a stage in a debugger. It cannot end a stage that does not listen. */
export const inProcess: Executor = {
  name: 'in-process',
  run: (request, signal) =>
    new Observable<WorkEvent>(subscriber => {
      if (signal.aborted) {
        subscriber.error(interrupted(request.stage.name));
        return;
      }
      const stopping = new AbortController();
      const stop = (): void => stopping.abort();
      signal.addEventListener('abort', stop);
      const settle = (end: () => void): void => {
        signal.removeEventListener('abort', stop);
        if (stopping.signal.aborted) subscriber.error(interrupted(request.stage.name));
        else end();
      };
      const work = defer(request.stage.body).pipe(
        // Aborted while the body was loaded: nothing has begun.
        switchMap(body => (stopping.signal.aborted ? EMPTY : body.run(stageContext(request, stopping.signal)))),
      );
      // Not tied to the subscriber: unsubscribing would hide from us when the work has ended.
      work.subscribe({
        next: event => subscriber.next(event),
        error: (error: unknown) => settle(() => subscriber.error(error)),
        complete: () => settle(() => subscriber.complete()),
      });
      return stop;
    }),
};
