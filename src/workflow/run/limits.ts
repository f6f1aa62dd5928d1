/** What may end work from outside. */
export interface Limits {
  readonly signal: AbortSignal;
  end(why: unknown): void;
  /** Undefined when it was not ended from here. */
  reason(): unknown;
  clear(): void;
}

/**
 * Ends work as an interrupt would: such as takes too long, and such whose events cannot be kept (a full disk). Not by unsubscribing, or
 * its process would still write when its folder is taken away and the next attempt has begun.
 * @param timeout seconds; undefined for no limit
 * @param tooLong what it fails with then
 */
export function limits(outer: AbortSignal, timeout: number | undefined, tooLong: () => unknown): Limits {
  const own = new AbortController();
  let reason: unknown;
  const end = (why: unknown): void => {
    if (!outer.aborted) reason ??= why;
    own.abort();
  };
  const timer = timeout === undefined ? undefined : setTimeout(() => end(tooLong()), timeout * 1000);
  return {
    signal: AbortSignal.any([outer, own.signal]),
    end,
    reason: () => reason,
    clear: () => clearTimeout(timer),
  };
}
