import { Worker } from 'node:worker_threads';

/** Computes on this thread and another at once, and returns when both are done, as an engine with two threads does. */
export interface Load {
  /** Rounds of work that take so many seconds on an idle machine. */
  calibrate(seconds: number): number;
  step(rounds: number): void;
  stop(): Promise<void>;
}

/** Rounds that are timed to know how long one takes. */
const TRIED = 20_000_000;

export async function startLoad(): Promise<Load> {
  // [rounds asked for, steps asked for, steps done]
  const state = new Int32Array(new SharedArrayBuffer(12));
  const worker = new Worker(`(${String(helper)})(require('node:worker_threads').workerData, ${String(compute)})`, {
    eval: true,
    workerData: state,
  });
  await new Promise(resolve => worker.once('online', resolve));
  const step = (rounds: number): void => {
    state[0] = rounds;
    const asked = Atomics.add(state, 1, 1) + 1;
    Atomics.notify(state, 1);
    compute(rounds);
    while (Atomics.load(state, 2) !== asked);
  };
  return {
    step,
    calibrate(seconds) {
      let fastest = Infinity;
      // The first ones are slower: the loop is not compiled yet.
      for (let i = 0; i < 12; i++) {
        const start = performance.now();
        step(TRIED);
        fastest = Math.min(fastest, performance.now() - start);
      }
      return Math.round((TRIED * seconds * 1000) / fastest);
    },
    async stop() {
      await worker.terminate();
    },
  };
}

function helper(state: Int32Array, work: (rounds: number) => number): void {
  for (let done = 0; ; done++) {
    Atomics.wait(state, 1, done);
    work(state[0]!);
    Atomics.store(state, 2, done + 1);
  }
}

function compute(rounds: number): number {
  let value = 1;
  for (let i = 0; i < rounds; i++) value = (Math.imul(value, 1664525) + 1013904223) | 0;
  return value;
}
