import { dirname, relative, resolve } from 'node:path';
import type { CheckedPipeline } from '../../../src/workflow/configuration/checked-pipeline';
import { printDiagnostics, type Diagnostic } from '../../../src/workflow/configuration/read/diagnostics';
import type { Disk } from '../../../src/workflow/configuration/read/disk';
import { loadPipeline, type LoadOptions, type LoadResult } from '../../../src/workflow/configuration/load';
import { TOY_STAGES } from './toy-stages';

export const CWD = '/proj/here';

/** Texts by path relative to the working directory. */
export type ToyFiles = Readonly<Record<string, string>>;

export interface Rest extends Partial<LoadOptions> {
  /** Files beside the pipeline. */
  readonly files?: ToyFiles;
  /** Paths that are links, and where they lead. */
  readonly links?: ToyFiles;
}

/**
 * Loads a text with the toy stages, in a folder where everything exists but what has `missing` in its name; only the files given can be
 * read.
 */
export function loadToy(text: string, { files = {}, links = {}, ...rest }: Rest = {}): LoadResult {
  const file = rest.file ?? 'toy.yaml';
  const cwd = rest.cwd ?? CWD;
  const disk = toyDisk({ ...files, [file]: text }, { links, cwd });
  return loadPipeline({ file, stages: TOY_STAGES, engines: ['auto', 'wasm'], set: {}, cwd, env: {}, disk, ...rest });
}

/** The pipeline of a text that must be right. */
export function accepted(text: string, rest: Rest = {}): CheckedPipeline {
  const result = loadToy(text, rest);
  if (!result.ok) throw new Error(printed(result));
  return result.pipeline;
}

/** The mistakes of a text that must be wrong. */
export function refused(text: string, rest: Rest = {}): readonly Diagnostic[] {
  const result = loadToy(text, rest);
  if (result.ok) throw new Error('the text was accepted');
  return result.diagnostics;
}

/** What a person is shown. */
export function printed(result: LoadResult): string {
  return result.ok ? '' : printDiagnostics(result.diagnostics, path => relative(CWD, path));
}

function toyDisk(files: ToyFiles, { links, cwd }: { links: ToyFiles; cwd: string }): Disk {
  const absolute = (paths: ToyFiles) =>
    new Map(Object.entries(paths).map(([path, text]) => [resolve(cwd, path), text]));
  const [texts, targets] = [absolute(files), absolute(links)];
  const realpath = (path: string): string => {
    const target = targets.get(path);
    if (target !== undefined) return resolve(cwd, target);
    const folder = dirname(path);
    return folder === path ? path : resolve(realpath(folder), path.slice(folder.length).replace(/^\//, ''));
  };
  return {
    realpath: path => (path.includes('missing') ? undefined : realpath(path)),
    read: (path, limit) => {
      const text = texts.get(path);
      if (text === undefined) return { reason: path.includes('missing') ? 'missing' : 'not-a-file' };
      return text.length > limit ? { reason: 'too-large', bytes: text.length } : { text };
    },
  };
}
