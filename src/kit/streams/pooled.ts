import { Observable } from 'rxjs';

export interface PooledOptions<T, R, E> {
  /** Pulled one item at a time, only when there is room: a million items cost no memory. */
  readonly source: Iterable<T> | AsyncIterable<T>;
  /** How many items are under way at once, those that wait for their turn to be committed included. At least 1. */
  readonly concurrency: number;
  /** The parallel part. `index` counts from 0 in source order. */
  readonly work: (item: T, index: number) => Promise<R>;
  /** The serial part: called one at a time in source order, so that its output does not depend on timing. Its value is emitted. */
  readonly commit: (result: R, index: number) => Promise<E> | E;
}

/**
 * The one operator that carries parallel work. RxJS has no back-pressure (`mergeMap` buffers its source without bound), so
 * this one pulls: an item is taken from the source only while fewer than `concurrency` are between taken and committed.
 *
 * Emits what `commit` returns, in source order. Errors with the first error in source order and pulls nothing more; what is
 * already under way is waited for before the error is passed on, so that nothing writes into a folder that is being removed. On
 * unsubscribe it stops pulling and closes the source.
 */
export function pooled<T, R, E>(options: PooledOptions<T, R, E>): Observable<E> {
  const { source, concurrency, work, commit } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`Cannot pool work: concurrency must be an integer >= 1, got ${concurrency}`);
  }
  return new Observable<E>(subscriber => {
    const drive = async (): Promise<void> => {
      const iterator = iterate(source);
      // Oldest first. Each promise is given a handler at once, so that a later failure is never "unhandled".
      const underWay: Promise<Settled<R>>[] = [];
      let taken = 0;
      let committed = 0;
      let exhausted = false;
      // A function, because it changes while we wait.
      const unsubscribed = (): boolean => subscriber.closed;
      try {
        while (!unsubscribed()) {
          while (!exhausted && underWay.length < concurrency) {
            const next = await iterator.next();
            if (next.done === true) exhausted = true;
            else underWay.push(settle(work, next.value, taken++));
            if (unsubscribed()) return;
          }
          if (underWay.length === 0) break;
          const result = await underWay[0]!;
          if (unsubscribed()) return;
          if (!result.ok) throw result.error;
          const emitted = await commit(result.value, committed++);
          void underWay.shift();
          subscriber.next(emitted);
        }
      } finally {
        await Promise.all(underWay);
        await iterator.return?.();
      }
    };
    drive().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
  });
}

type Settled<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown };

async function settle<T, R>(work: (item: T, index: number) => Promise<R>, item: T, index: number): Promise<Settled<R>> {
  try {
    return { ok: true, value: await work(item, index) };
  } catch (error) {
    return { ok: false, error };
  }
}

function iterate<T>(source: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}
