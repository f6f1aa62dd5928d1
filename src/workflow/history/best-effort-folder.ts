import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../errors';
import { errnoOf, hasNoLinks } from '../../kit/files/errno';

/**
 * Best-effort files: nothing here throws. Only the first failure is reported, so that a full disk gives one warning, not a thousand. Synchronous,
 * because a few hundred small files are written faster so than by promises.
 */
export interface QuietFolder {
  /** Absolute. */
  readonly path: string;
  /** Writes a file below it. Missing folders are made. */
  write(name: string, text: string): void;
  /** Replaces a file: a reader sees the old text or the new one. */
  replace(name: string, text: string): void;
  /** Links `name` to `target`; where there are no links, it is a file that holds the target. */
  link(name: string, target: string): void;
  /** Any other work on files. Undefined when it failed. */
  attempt<T>(work: () => T): T | undefined;
}

/** `warn` receives the first problem only. */
export function quietFolder(path: string, warn: (text: string) => void): QuietFolder {
  let told = false;
  const made = new Set<string>();
  const placeFor = (name: string): string => {
    const place = join(path, name);
    const parent = dirname(place);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    return place;
  };
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!told) warn(`the history of this run is incomplete: ${messageOf(error)}`);
      told = true;
      return undefined;
    }
  };
  return {
    path,
    attempt,
    write: (name, text) => attempt(() => writeFileSync(placeFor(name), text)),
    replace: (name, text) => attempt(() => replaceFile(placeFor(name), text)),
    link: (name, target) => attempt(() => makeLink(placeFor(name), target)),
  };
}

/** Not synced: after a loss of power an old or an empty history is no harm, and a cached run has no time for it. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function makeLink(path: string, target: string): void {
  // Everybody on Windows may make a junction, but not a link.
  const make = (): void => {
    try {
      symlinkSync(target, path, process.platform === 'win32' ? 'junction' : 'dir');
    } catch (error) {
      if (!hasNoLinks(error)) throw error;
      writeFileSync(path, `${target}\n`);
    }
  };
  try {
    make();
  } catch (error) {
    // Of an earlier attempt of the same stage.
    if (errnoOf(error) !== 'EEXIST') throw error;
    rmSync(path, { force: true });
    make();
  }
}
