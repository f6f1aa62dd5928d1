import type { Peers } from '../../networks/batch-norm';

/** What the replicas of a training share; can be sent to a thread. */
export interface SharedMemory {
  readonly count: number;
  /** By `ARRIVED`, `ROUND` and `STOPPED`. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** Two tables, used in turn, of a row for each replica. */
  readonly small: Float32Array<SharedArrayBuffer>;
  /** A row for each replica. */
  readonly large: Float32Array<SharedArrayBuffer>;
}

/** One replica's end of the shared memory. All replicas must call the same in the same order; every call waits for the others. */
export interface Exchange extends Peers {
  /** From 0. */
  readonly index: number;
  /** Arrays of the means of what every replica gave: the same bits for all. Throws as `gather`. */
  average(given: Iterable<Float32Array>): Float32Array[];
  /** Lets every replica throw `ReplicaStopped` that waits or will. */
  readonly stop: () => void;
}

/** Another replica called `stop`, or did not come; who did knows why. */
export class ReplicaStopped extends Error {}

const [ARRIVED, ROUND, STOPPED] = [0, 1, 2];

/** Longer than any replica computes between two exchanges. Only a thread that died without a word is waited for so long. */
const PATIENCE_MS = 120_000;

/** @param sizes values that a replica gives at most, to `gather` and to `average` */
export function shareMemory(count: number, sizes: { readonly small: number; readonly large: number }): SharedMemory {
  return {
    count,
    control: new Int32Array(new SharedArrayBuffer(3 * 4)),
    small: new Float32Array(new SharedArrayBuffer(2 * count * sizes.small * 4)),
    large: new Float32Array(new SharedArrayBuffer(count * sizes.large * 4)),
  };
}

export function joinExchange(memory: SharedMemory, index: number, patienceMs = PATIENCE_MS): Exchange {
  const { count, small, large } = memory;
  const meet = (): void => meetOthers(memory, patienceMs);
  let gathered = 0;
  return {
    index,
    count,
    gather(values) {
      const rows = rowsOf(small, 2 * count);
      // In turn: who comes to the call after next has met everybody who read this one.
      const table = (gathered++ % 2) * count;
      rows[table + index]!.set(values);
      meet();
      return rows.slice(table, table + count).map(row => row.subarray(0, values.length));
    },
    average(given) {
      const rows = rowsOf(large, count);
      const ends = fill(rows[index]!, given);
      meet();
      averageRange(rows, rangeOf(ends.at(-1) ?? 0, index, count));
      meet();
      const results = ends.map((end, i) => rows[0]!.slice(ends[i - 1] ?? 0, end));
      // Or the next call could overwrite what another still reads.
      meet();
      return results;
    },
    stop() {
      Atomics.store(memory.control, STOPPED, 1);
      Atomics.add(memory.control, ROUND, 1);
      Atomics.notify(memory.control, ROUND);
    },
  };
}

/** Returns when every replica has called it. */
function meetOthers({ control, count }: SharedMemory, patienceMs: number): void {
  const round = Atomics.load(control, ROUND);
  throwIfStopped(control);
  if (Atomics.add(control, ARRIVED, 1) === count - 1) {
    Atomics.store(control, ARRIVED, 0);
    Atomics.add(control, ROUND, 1);
    Atomics.notify(control, ROUND);
  } else {
    while (Atomics.load(control, ROUND) === round) {
      if (Atomics.wait(control, ROUND, round, patienceMs) === 'timed-out') {
        throw new ReplicaStopped(`A replica of the training did not come for ${patienceMs / 1000} s`);
      }
    }
  }
  throwIfStopped(control);
}

function throwIfStopped(control: Int32Array): void {
  if (Atomics.load(control, STOPPED) === 1) throw new ReplicaStopped('Another replica of the training stopped');
}

/** Puts arrays one behind another; returns where each ends. */
function fill(row: Float32Array, arrays: Iterable<Float32Array>): number[] {
  const ends: number[] = [];
  let end = 0;
  for (const values of arrays) {
    row.set(values, end);
    ends.push((end += values.length));
  }
  return ends;
}

/** Leaves the means in the first row. In order of the replicas, so that the result does not depend on who is first. */
function averageRange(rows: readonly Float32Array[], { from, to }: { from: number; to: number }): void {
  const [means, ...others] = rows.map(row => row.subarray(from, to)) as [Float32Array, ...Float32Array[]];
  // One plain loop a row: with all rows in one loop it takes ten times as long.
  for (const row of others) for (let i = 0; i < means.length; i++) means[i]! += row[i]!;
  for (let i = 0; i < means.length; i++) means[i]! /= rows.length;
}

/** The part of `total` values that a replica adds up. */
function rangeOf(total: number, index: number, count: number): { from: number; to: number } {
  return { from: Math.floor((total * index) / count), to: Math.floor((total * (index + 1)) / count) };
}

function rowsOf(table: Float32Array, count: number): Float32Array[] {
  const width = table.length / count;
  return Array.from({ length: count }, (_, i) => table.subarray(i * width, (i + 1) * width));
}
