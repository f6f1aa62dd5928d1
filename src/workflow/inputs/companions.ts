import { dirname, join } from 'node:path';
import type { AnyStage } from '../../stage';

/** A file that belongs to another one, which an option names. */
export interface Companion {
  /** Relative to the folder of that file, with `/`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** What belongs to a file that an option of a stage names; throws what the stage throws. Absolute paths; the names as the stage gives them. */
export type CompanionsOf = (stage: AnyStage, option: string, path: string) => readonly Companion[];

/** Looks at each file once: the cells of a matrix mostly read the same. */
export function openCompanions(): CompanionsOf {
  const known = new Map<string, readonly Companion[]>();
  return (stage, option, path) => {
    const find = stage.companions?.[option];
    if (!find) return [];
    const key = JSON.stringify([stage.name, option, path]);
    const found = known.get(key) ?? find(path).map(name => ({ name, path: join(dirname(path), ...name.split('/')) }));
    known.set(key, found);
    return found;
  };
}
