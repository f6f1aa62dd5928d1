/** Arrays that are used again, by their length. */
export interface Pool {
  /** Content undefined. */
  readonly take: (length: number) => Float32Array;
  /** Gives back what `take` gave; no caller may hold it any more. */
  readonly give: (array: Float32Array) => void;
  /** Says that an array will never come back. */
  readonly forget: (array: Float32Array) => void;
  /** Bytes in use, those waiting, and the most that were in use at once. */
  readonly statistics: () => { used: number; waiting: number; most: number };
}

/** Below it V8 is as fast. */
const SHORTEST = 256;

/**
 * A training step asks for the same lengths again and again, and memory from the system is zeroed page by page. What waits and what is
 * used are together never more than what was used at once, so that the pool does not raise the peak.
 * @param allocate an array whose content may be anything
 */
export function createPool(allocate: (length: number) => Float32Array): Pool {
  /** In the order in which lengths were last given back. */
  const waiting = new Map<number, Float32Array[]>();
  let used = 0;
  let most = 0;
  let waitingBytes = 0;

  /** Drops what has waited longest. */
  const trim = (): void => {
    for (const [length, arrays] of waiting) {
      while (used + waitingBytes > most && arrays.length > 0) {
        waitingBytes -= arrays.pop()!.byteLength;
      }
      if (arrays.length > 0) return;
      waiting.delete(length);
    }
  };

  return {
    take(length) {
      if (length < SHORTEST) return new Float32Array(length);
      const known = waiting.get(length)?.pop();
      if (known) waitingBytes -= known.byteLength;
      const array = known ?? allocate(length);
      used += array.byteLength;
      most = Math.max(most, used);
      trim();
      return array;
    },
    give(array) {
      if (array.length < SHORTEST) return;
      used -= array.byteLength;
      waitingBytes += array.byteLength;
      const same = waiting.get(array.length) ?? [];
      waiting.delete(array.length);
      same.push(array);
      waiting.set(array.length, same);
    },
    forget(array) {
      if (array.length < SHORTEST) return;
      used -= array.byteLength;
    },
    statistics: () => ({ used, waiting: waitingBytes, most }),
  };
}
