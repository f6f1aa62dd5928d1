import { open, type FileHandle } from 'node:fs/promises';
import { csvLine } from '../../kit/text/csv';
import type { SkipCounts, SkipReason } from '../../data/face-set';

/** A photograph that gave no face. */
export interface Skipped {
  readonly path: string;
  readonly group: string;
  readonly identity: string;
  readonly reason: SkipReason;
  readonly detail: string;
}

/** Photographs kept for a message; all are in the file. */
const EXAMPLES = 3;

/** Lists photographs in a CSV file as they are skipped, and counts them. The file is made with the first. */
export interface SkippedPhotographs {
  add(skipped: Skipped): Promise<void>;
  readonly total: number;
  /** Sorted by group, then by reason. */
  counts(): SkipCounts;
  /** The first few of each group and reason. */
  examples(): readonly Skipped[];
  close(): Promise<void>;
}

export function skippedPhotographs(csv: string): SkippedPhotographs {
  const groups = new Map<string, Map<SkipReason, number>>();
  const examples: Skipped[] = [];
  let total = 0;
  let file: FileHandle | undefined;
  return {
    async add(skipped) {
      const { path, group, identity, reason, detail } = skipped;
      if (file === undefined) {
        file = await open(csv, 'w');
        await file.appendFile('path,group,identity,reason,detail\n');
      }
      await file.appendFile(csvLine([path, group, identity, reason, detail]));
      const reasons = groups.get(group) ?? new Map<SkipReason, number>();
      groups.set(group, reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
      const isAlike = (example: Skipped): boolean => example.reason === reason && example.group === group;
      if (examples.filter(isAlike).length < EXAMPLES) examples.push(skipped);
      total++;
    },
    get total() {
      return total;
    },
    counts: () =>
      Object.fromEntries(sorted(groups).map(([group, reasons]) => [group, Object.fromEntries(sorted(reasons))])),
    examples: () => examples,
    async close() {
      await file?.close();
    },
  };
}

function sorted<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
