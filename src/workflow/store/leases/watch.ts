import type { Store, StoreClock } from '../layout';

interface Sight {
  mark: string;
  /** In ticks. */
  since: number;
}

interface Watch {
  ticks: number;
  readonly sights: Map<string, Sight>;
}

const TICK_MS = 100;

const watches = new WeakMap<Store, Watch>();

/**
 * For how many milliseconds at least something in the store was not seen to change. Counted in the ticks of a timer from the first call for
 * this path on: the clocks of two hosts cannot be compared, and our own may jump or stand still while the machine sleeps.
 */
export function unchangedFor(store: Store, path: string, mark: string): number {
  const watch = watchOf(store);
  const before = watch.sights.get(path);
  if (before?.mark === mark) return (watch.ticks - before.since) * TICK_MS;
  watch.sights.set(path, { mark, since: watch.ticks });
  return 0;
}

/** A timer that does not keep the process alive. Returns what ends it. */
export function every(clock: Pick<StoreClock, 'every'>, milliseconds: number, callback: () => void): () => void {
  if (clock.every !== undefined) return clock.every(milliseconds, callback);
  const timer = setInterval(callback, milliseconds).unref();
  return () => clearInterval(timer);
}

function watchOf(store: Store): Watch {
  const present = watches.get(store);
  if (present !== undefined) return present;
  const watch: Watch = { ticks: 0, sights: new Map() };
  watches.set(store, watch);
  every(store.clock, TICK_MS, () => (watch.ticks += 1));
  return watch;
}
