import { lstatSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import type { StoreClock } from '../layout';
import { every } from './watch';

/** How often a process touches what it holds, in milliseconds. */
const BEAT_MS = 2000;

/** A holder of whom nothing else is known is dead when somebody who waits for it has seen no sign of it for so long, in milliseconds. */
export const SILENT_FOR_MS = 60_000;

/**
 * Nobody has to wait for what is merely left: it is taken for abandoned when the file system has noted no sign of its holder for so long, in
 * milliseconds. A machine may have slept meanwhile, or its clock have been set.
 */
export const FORGOTTEN_AFTER_MS = 24 * 3600 * 1000;

/**
 * Touches a file again and again while this process lives, for processes that cannot check it in another way. One failed touch does no harm. Returns
 * a function that ends it.
 */
export function giveSigns(clock: Pick<StoreClock, 'now' | 'every'>, path: string): () => void {
  return every(clock, BEAT_MS, () => {
    const now = clock.now() / 1000;
    void utimes(path, now, now).catch(() => undefined);
  });
}

/**
 * When the holder of files or folders last gave a sign, in milliseconds since 1970; -Infinity when none of them is there. By the clock of
 * their file system: every touch sets the time of change, whatever the clock of the holder says.
 */
export function lastSign(...paths: readonly string[]): number {
  return Math.max(...paths.map(path => lstatSync(path, { throwIfNoEntry: false })?.ctimeMs ?? -Infinity));
}
