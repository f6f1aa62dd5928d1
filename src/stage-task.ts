import { Observable } from 'rxjs';
import type { StageEvent } from './stage';

export type Emit = (event: StageEvent) => void;

/** Turns an async function that emits events into the Observable that a stage returns. Runs on subscription. */
export function stageTask(task: (emit: Emit) => Promise<void>): Observable<StageEvent> {
  return new Observable<StageEvent>(subscriber => {
    task(event => subscriber.next(event)).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
  });
}
