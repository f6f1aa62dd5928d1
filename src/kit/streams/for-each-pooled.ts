import { lastValueFrom } from 'rxjs';
import { pooled } from './pooled';

/** `pooled` for callers that only want to wait: parallel work, then `commit` one at a time in source order. */
export async function forEachPooled<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
  commit: (result: R, index: number) => unknown,
): Promise<void> {
  await lastValueFrom(pooled({ source, concurrency, work, commit }), { defaultValue: undefined });
}
