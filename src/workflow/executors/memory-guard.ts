/** The memory use for which a process was ended. In bytes. */
export interface Excess {
  readonly used: number;
  readonly limit: number;
  /** What this program and its other processes used then; undefined where the limit was that of the process alone. */
  readonly beside?: number;
}

/** A process that is watched. */
export interface Watched {
  /** Bytes that it may use; undefined: it shares the common limit with the others. */
  readonly limit: number | undefined;
  /** Called once. The process counts until `release`, because its memory is not free before. */
  end(excess: Excess): void;
}

export interface Watching {
  /** Reports the bytes that it uses now. */
  readonly take: (bytes: number) => void;
  /** Reports that it has ended. */
  readonly release: () => void;
}

export interface MemoryGuard {
  watch(process: Watched): Watching;
}

/**
 * Keeps processes below a limit of their memory: one that has a limit of its own below that, the others together with all of this program below
 * the common one, where the largest has to end. One at a time: the next only when the memory of the last is free.
 * @param common bytes; undefined: no common limit
 * @param own bytes that this program itself uses
 */
export function createMemoryGuard(common: number | undefined, own: () => number): MemoryGuard {
  const all = new Set<Entry>();
  const end = (entry: Entry, excess: Excess): void => {
    entry.isEnding = true;
    entry.process.end(excess);
  };
  const look = (): void => {
    if (common === undefined || [...all].some(entry => entry.isEnding)) return;
    const total = [...all].reduce((sum, entry) => sum + entry.used, own());
    if (total <= common) return;
    const [largest] = [...all].filter(entry => entry.process.limit === undefined).sort((a, b) => b.used - a.used);
    if (largest) end(largest, { used: largest.used, limit: common, beside: total - largest.used });
  };
  return {
    watch: process => {
      const entry: Entry = { process, used: 0, isEnding: false };
      all.add(entry);
      return {
        take: bytes => {
          entry.used = bytes;
          const { limit } = process;
          if (limit !== undefined && bytes > limit && !entry.isEnding) end(entry, { used: bytes, limit });
          else look();
        },
        release: () => void all.delete(entry),
      };
    },
  };
}

interface Entry {
  readonly process: Watched;
  used: number;
  isEnding: boolean;
}
