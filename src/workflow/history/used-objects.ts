import { readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

const OBJECT = /^[0-9a-f]{32}$/;

/**
 * Ids of the objects that the stages of a run made or reused: `out` in each stage's folder leads there, and is made before anything reads the object.
 * Empty where the folder cannot be read.
 */
export function usedObjects(runFolder: string): string[] {
  const found: string[] = [];
  const waiting = [join(runFolder, 'stages')];
  for (const folder of waiting) {
    for (const entry of entriesIn(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isSymbolicLink() && entry.name === 'out') found.push(basename(targetOf(path)));
    }
  }
  return found.filter(name => OBJECT.test(name));
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // The run has reached no stage yet.
    return [];
  }
}

function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It is being replaced by a link to a newer object.
    return '';
  }
}
