import type { ProblemCode } from '../read/problem-codes';
import { dirname, relative, resolve } from 'node:path';
import { openCompanions, type CompanionsOf } from '../../inputs/companions';
import { quote } from '../../../kit/text/quote';
import type { Disk } from '../read/disk';
import { isWithin } from '../read/files';
import type { ReportProblem, Span } from '../read/problem';
import type { Word } from '../read/shape';

/** Where `input-path` options may lead. */
export interface Roots {
  /** Absolute. */
  readonly cwd: string;
  /** Real paths of the folders that may hold inputs. */
  readonly folders: readonly string[];
  /** What is wrong with a path, or undefined; links are followed. */
  refuse(path: string): { readonly code: ProblemCode; readonly reason: string } | undefined;
  /** Companions of a file in a root may lead elsewhere. */
  readonly companionsOf: CompanionsOf;
}

export interface RootsOptions {
  /** `roots` of the pipeline file itself, relative to the working directory. */
  readonly declared: readonly Word[];
  /** Where files that it extends or imports declare some, which do not count. */
  readonly foreign: readonly Span[];
  readonly cwd: string;
  readonly disk: Disk;
  readonly report: ReportProblem;
}

/** The working directory and the roots that a pipeline file declares. A missing one is no mistake: it holds no inputs. */
export function openRoots({ declared, foreign, cwd, disk, report }: RootsOptions): Roots {
  const folders = [cwd].flatMap(folder => disk.realpath(folder) ?? []);
  for (const { name, span } of declared) {
    const path = resolve(cwd, name);
    const real = disk.realpath(path) ?? path;
    if (name === '' || real === dirname(real)) {
      const message = `Cannot use ${quote(name)} as a root: it is the whole disk; name the folder that holds the data`;
      report({ code: 'bad-root', message, span });
    } else folders.push(real);
  }
  const others = foreign.length === 0 ? '' : '; roots of files that it extends or imports do not count';
  const known = new Map<string, ReturnType<Roots['refuse']>>();
  const refuse: Roots['refuse'] = path => {
    const real = disk.realpath(path);
    if (real === undefined) return { code: 'missing-path', reason: 'does not exist' };
    if (folders.some(folder => isWithin(real, folder))) return undefined;
    const link = real === path ? '' : ` leads to ${clipped(real)}, which`;
    const line = `roots: [${JSON.stringify(rootFor(real, cwd))}]`;
    const reason = `${link} is outside the working directory and the roots of the pipeline file; if that is right, add ${line} to its top${others}`;
    return { code: 'outside-roots', reason: reason.trimStart() };
  };
  return {
    cwd,
    folders,
    companionsOf: openCompanions(),
    // The cells of a matrix mostly read the same.
    refuse: path => {
      if (!known.has(path)) known.set(path, refuse(path));
      return known.get(path);
    },
  };
}

/** A path for a message. */
export function clipped(path: string): string {
  return path.length > 300 ? `${path.slice(0, 300)}…` : path;
}

/** What to declare, as a person would write it. */
function rootFor(real: string, cwd: string): string {
  const near = relative(cwd, real);
  return clipped(/^\.\.[\\/][^.]/.test(near) ? near : real);
}
