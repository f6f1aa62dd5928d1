import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { EXIT, UserError } from '../errors';
import { quote, suggestion } from '../util/quote';

const FOLDER = 'pipelines';
const ENDINGS = ['.yaml', '.yml'];

/**
 * Absolute path of a pipeline file. A path is taken as it is, with or without its ending; a bare name is looked for in the
 * working directory, then in `pipelines/`. Throws UserError `pipeline-not-found` with the nearest name.
 */
export function findPipeline(file: string, cwd: string): string {
  const folders = basename(file) === file ? [cwd, join(cwd, FOLDER)] : [cwd];
  const candidates = folders.flatMap(folder => ['', ...ENDINGS].map(ending => resolve(folder, file + ending)));
  const found = candidates.find(isFile);
  if (found !== undefined) return found;
  const known = pipelinesIn(join(cwd, FOLDER));
  const there = known.length === 0 ? `there are none in ${join(cwd, FOLDER)}` : `${FOLDER}/ has ${known.join(', ')}`;
  const hint = suggestion(withoutEnding(basename(file)), known);
  throw new UserError(`Cannot find the pipeline file ${quote(file)}${hint}; ${there}`, {
    code: 'pipeline-not-found',
    exit: EXIT.configuration,
  });
}

/** Absolute path of the only pipeline of a project. Throws UserError `no-single-pipeline` when there is none or several. */
export function onlyPipeline(cwd: string): string {
  const known = pipelinesIn(join(cwd, FOLDER));
  if (known.length === 1) return findPipeline(known[0]!, cwd);
  const there = known.length === 0 ? `${FOLDER}/ has none` : `${FOLDER}/ has ${known.join(', ')}`;
  throw new UserError(`Say which pipeline is meant: nothing was run here yet, and ${there}`, {
    code: 'no-single-pipeline',
    exit: EXIT.usage,
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function pipelinesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => ENDINGS.includes(extname(name)))
      .map(withoutEnding)
      .sort();
  } catch {
    return [];
  }
}

function withoutEnding(name: string): string {
  return ENDINGS.includes(extname(name)) ? name.slice(0, -extname(name).length) : name;
}
