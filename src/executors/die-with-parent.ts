import { Worker } from 'node:worker_threads';

/** Number of the file descriptor under which the process of a stage has a pipe that nobody writes into: it ends when the engine's process does. */
export const LIFELINE = 4;

/**
 * Kills this process as soon as the one that started it has ended, in whatever way. A thread of its own waits for that, because a stage may
 * keep the main thread in native code for hours, or for ever; and no thread can hold up a SIGKILL, as some could hold up an orderly end.
 * Where the descriptor is missing, nothing is watched.
 */
export function dieWithParent(descriptor = LIFELINE): void {
  const watcher = new Worker(`(${String(watch)})(require, ${descriptor})`, { eval: true, execArgv: [] });
  watcher.unref();
  watcher.on('error', () => undefined);
}

/** Its text is all that the thread has: no import, nothing beside it. */
function watch(load: (module: string) => unknown, descriptor: number): void {
  const { Socket } = load('node:net') as typeof import('node:net');
  const end = (): void => void process.kill(process.pid, 'SIGKILL');
  // Its own event loop waits, so that an orderly end of the process can end the thread too.
  const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
  pipe.on('error', end);
  pipe.on('close', end);
  pipe.resume();
}
