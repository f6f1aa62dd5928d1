import type { LocatedMap } from '../read/located';
import { isNothing } from '../read/shape';

/** Levels of a pipeline file that it gives names to: the file itself, `stages`, a stage. A key left blank there says nothing. */
const NAMED_LEVELS = 3;

/** A pipeline file, or a part of one that begins at its top, laid over another. */
export function mergeFiles(base: LocatedMap, over: LocatedMap): LocatedMap {
  return merge(base, over, NAMED_LEVELS);
}

/**
 * Maps merge deeply; lists and scalars replace. Keys keep the order of the base, new ones follow. With `blanks`, a blank value leaves what is
 * below it alone on that many levels; elsewhere it replaces it by nothing.
 */
export function merge(base: LocatedMap, over: LocatedMap, blanks = 0): LocatedMap {
  const entries = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const below = entries.get(name)?.value;
    if (below && blanks > 0 && isNothing(entry.value)) continue;
    const isMerged = below?.kind === 'map' && entry.value.kind === 'map';
    entries.set(name, isMerged ? { key: entry.key, value: merge(below, entry.value, blanks - 1) } : entry);
  }
  return { ...over, entries, ...(base.broken ? { broken: true } : {}) };
}
