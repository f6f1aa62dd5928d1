import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Effects } from '../../effects';
import { errnoOf } from '../../kit/files/errno';
import { isRunId, runName, runId } from './run-name';

export const RUNS_FOLDER = 'runs';

export interface MadeRunFolder {
  readonly id: string;
  /** Absolute; it is missing when it could not be made. */
  readonly path: string;
}

const MOST_TRIES = 50;

/** Makes `<root>/runs/<id>/` under an id that nobody has, with a name that no other run has as long as names are left. */
export function makeRunFolder(root: string, effects: Pick<Effects, 'now' | 'randomName'>): MadeRunFolder {
  const runs = join(root, RUNS_FOLDER);
  const taken = new Set(namesIn(runs));
  for (let tries = 1; ; tries++) {
    const id = runId(effects.now(), effects.randomName());
    const made = { id, path: join(runs, id) };
    if (tries < MOST_TRIES && taken.has(runName(id))) continue;
    if (tries >= MOST_TRIES || tryMake(made.path) !== 'taken') return made;
  }
}

function namesIn(runs: string): string[] {
  try {
    mkdirSync(runs, { recursive: true });
    return readdirSync(runs).filter(isRunId).map(runName);
  } catch {
    // The failure is reported when the first file cannot be written.
    return [];
  }
}

/** If two runs choose the same id, the one that creates the folder has it. */
function tryMake(path: string): 'made' | 'taken' | 'failed' {
  try {
    mkdirSync(path);
    return 'made';
  } catch (error) {
    return errnoOf(error) === 'EEXIST' ? 'taken' : 'failed';
  }
}
