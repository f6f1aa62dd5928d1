import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { EXIT, UserError } from '../../errors';
import { quote, suggestion } from '../../kit/text/quote';

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
  const hint = suggestion(withoutEnding(basename(file)), [...pipelinesIn(join(cwd, FOLDER)), ...pipelinesIn(cwd)]);
  throw new UserError(`Cannot find the pipeline file ${quote(file)}${hint}; ${whatIsThere(cwd)}`, {
    code: 'pipeline-not-found',
    exit: EXIT.configuration,
  });
}

/** Absolute path of the only pipeline of a project. Throws UserError `no-single-pipeline` when there is none or several. */
export function onlyPipeline(cwd: string): string {
  const known = pipelinesIn(join(cwd, FOLDER));
  if (known.length === 1) return findPipeline(known[0]!, cwd);
  throw new UserError(`Name a pipeline file, because nothing has run here yet; ${whatIsThere(cwd)}`, {
    code: 'no-single-pipeline',
    exit: EXIT.usage,
  });
}

/** Pipelines that a person may have meant. Files beside them may be other YAML, so these are named second. */
function whatIsThere(cwd: string): string {
  const [known, beside] = [pipelinesIn(join(cwd, FOLDER)), pipelinesIn(cwd)];
  if (known.length + beside.length === 0)
    return `there are none in ${cwd} or its ${FOLDER}/; begin with: pipeline init`;
  return [
    ...(known.length > 0 ? [`${FOLDER}/ has ${listed(known)}`] : []),
    ...(beside.length > 0 ? [`the working directory has ${listed(beside)}`] : []),
  ].join(', ');
}

const MOST_LISTED = 20;

function listed(names: readonly string[]): string {
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '';
  return names.slice(0, MOST_LISTED).join(', ') + more;
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
