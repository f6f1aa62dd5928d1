import { Worker } from 'node:worker_threads';

/**
 * Number of the file descriptor under which the process of a stage has a pipe to the engine's: it ends when that does. In the other direction it
 * carries the memory that the process uses, in bytes, as a double of 8 bytes (little-endian), when that has changed.
 */
export const LIFELINE = 4;

/** How often a process looks at its memory, in milliseconds; a look costs 10 microseconds. */
const LOOK_MS = 100;
/** Smaller changes are not reported. Bytes. */
const CHANGE = 2 ** 24;

/**
 * Kills this process as soon as the one that started it has ended, in whatever way. A thread of its own waits for that, because a stage may keep the
 * main thread in native code for hours, or for ever; and no thread can hold up a SIGKILL, as some could hold up an orderly end. For the same reason,
 * that thread reports the memory. Without the descriptor, nothing is watched.
 */
export function dieWithParent(descriptor = LIFELINE): void {
  const watcher = new Worker(`(${String(watch)})(require, ${descriptor}, ${LOOK_MS}, ${CHANGE})`, {
    eval: true,
    execArgv: [],
  });
  watcher.unref();
  watcher.on('error', () => undefined);
}

/** The thread gets only the text of this function: it must not use imports or anything around it. */
function watch(load: (module: string) => unknown, descriptor: number, every: number, change: number): void {
  const { Socket } = load('node:net') as typeof import('node:net');
  const end = (): void => void process.kill(process.pid, 'SIGKILL');
  // Its own event loop waits, so that an orderly end of the process can end the thread too.
  const pipe = new Socket({ fd: descriptor, readable: true, writable: true });
  pipe.on('error', end);
  pipe.on('close', end);
  pipe.resume();
  let told = 0;
  setInterval(() => {
    const used = process.memoryUsage.rss();
    // A parent that is stopped (Ctrl-Z) reads nothing, and old figures are worth nothing.
    if (Math.abs(used - told) < change || pipe.writableLength > 0) return;
    told = used;
    const message = new Uint8Array(8);
    new DataView(message.buffer).setFloat64(0, used, true);
    pipe.write(message);
  }, every);
}
