import { lstatSync, type Stats } from 'node:fs';

/** What lies at a path, links not followed; undefined when that cannot be said: nothing there, a file in the place of a folder, a name that cannot be. */
export function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
