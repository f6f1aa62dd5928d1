import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors';

/**
 * A folder for what is good to have and not worth failing for: nothing here throws. The first thing that goes wrong is told; a full disk
 * would otherwise be told a thousand times. Synchronous, because a few hundred small files are written faster so than by promises.
 */
export interface QuietFolder {
  /** Absolute. */
  readonly path: string;
  /** Writes a file below it, so that a reader sees the old text or the new one. Missing folders are made. */
  write(name: string, text: string): void;
  /** Lets `name` lead to `target`. */
  link(name: string, target: string): void;
  /** Any other work on files. Undefined when it failed. */
  attempt<T>(work: () => T): T | undefined;
}

/** `warn` is told the first problem. */
export function quietFolder(path: string, warn: (text: string) => void): QuietFolder {
  let told = false;
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
    write: (name, text) => attempt(() => replaceFile(join(path, name), text)),
    link: (name, target) => attempt(() => makeLink(join(path, name), target)),
  };
}

/** Not synced: after a loss of power an old or an empty history is no harm, and a cached run has no time for it. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function makeLink(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  // Everybody on Windows may make a junction, but not a link.
  symlinkSync(target, path, process.platform === 'win32' ? 'junction' : 'dir');
}
