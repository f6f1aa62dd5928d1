import { lstatSync, type Stats } from 'node:fs';

/** The entry at a path, without following links; undefined when there is none, when a parent is a file, or for an impossible name. */
export function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
