import { readdirSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { join, sep } from 'node:path';
import { EXIT, UserError } from '../errors';
import { errnoOf } from '../util/errno';

/** A file outside the store, with what the system says about it without reading it. */
export interface ListedFile {
  /** Relative to the listed path, with `/`; empty when that is the file itself. */
  readonly path: string;
  /** Absolute. */
  readonly absolute: string;
  readonly bytes: number;
  /** Changes whenever the file does: size, times and number of the file. */
  readonly stat: string;
}

/**
 * Lists a file, or all files of a folder sorted by path. Links inside are followed as long as they stay inside. Synchronous,
 * because a folder of 200,000 images is read four times as fast that way. Throws UserError `input-missing`, `link-out-of-input`.
 */
export function listFiles(path: string): ListedFile[] {
  const root = reading(path, () => realpathSync(path));
  const files: ListedFile[] = [];
  visit(root, '', { root, open: [root], files });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Visit {
  readonly root: string;
  /** Real paths of the folders that we are in, to notice a link that leads back. */
  readonly open: readonly string[];
  readonly files: ListedFile[];
}

function visit(absolute: string, path: string, state: Visit): void {
  const stat = reading(absolute, () => statSync(absolute, { bigint: true }));
  if (stat.isFile()) {
    state.files.push({ path, absolute, bytes: Number(stat.size), stat: statText(stat) });
    return;
  }
  if (!stat.isDirectory()) {
    throw new UserError(`Cannot read ${absolute}: it is neither a file nor a folder`, { code: 'input-unreadable' });
  }
  for (const entry of reading(absolute, () => readdirSync(absolute, { withFileTypes: true }))) {
    const child = join(absolute, entry.name);
    const childPath = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isSymbolicLink()) visitLink(child, childPath, state);
    else visit(child, childPath, entry.isDirectory() ? { ...state, open: [...state.open, child] } : state);
  }
}

function visitLink(link: string, path: string, state: Visit): void {
  const target = reading(link, () => realpathSync(link));
  if (!target.startsWith(state.root + sep) || state.open.includes(target)) {
    const where = state.open.includes(target) ? 'back to a folder that holds it' : `out of ${state.root}`;
    throw new UserError(
      `Cannot read ${link}: the link leads ${where}, to ${target}; replace it by a copy or remove it`,
      {
        code: 'link-out-of-input',
      },
    );
  }
  visit(target, path, { ...state, open: [...state.open, target] });
}

/** The change time is part of it because copying tools set the other times back. */
function statText(stat: BigIntStats): string {
  return `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`;
}

function reading<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') {
      throw new UserError(`Cannot find ${path}: restore it or correct the path in the pipeline file`, {
        code: 'input-missing',
        exit: EXIT.configuration,
        cause: error,
      });
    }
    if (code === undefined) throw error;
    throw new UserError(`Cannot read ${path}: the system says ${code}`, { code: 'input-unreadable', cause: error });
  }
}
