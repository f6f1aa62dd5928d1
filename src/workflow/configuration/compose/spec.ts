import { quote } from '../../../kit/text/quote';
import type { Limits } from '../checked-pipeline';
import { readLimits, readVariables } from './execution';
import { MAX_STEPS } from '../read/limits';
import { emptyMap, type Located, type LocatedMap } from '../read/located';
import { NAME, NAME_RULE, PARAM_NAME, PARAM_RULE, RESERVED_NAMES } from '../read/names';
import type { ReportProblem, Span } from '../read/problem';
import {
  badName,
  isNothing,
  optionalMap,
  refuseOtherKeys,
  stringOf,
  stringsOf,
  wrongKind,
  type Word,
} from '../read/shape';
import { readStep, type StepSpec } from './step-spec';

/** A pipeline file whose shape is right, with everything that it extends; whether its words mean anything is checked elsewhere. */
export interface PipelineSpec {
  /** Empty for a file that is imported and has none. */
  readonly name: string;
  /** Undefined when the file names none. */
  readonly engine?: Word;
  /** Names of variables that `${env:NAME}` may read. */
  readonly env: readonly Word[];
  /** The same for `${secret:NAME}`. */
  readonly secrets: readonly Word[];
  /** Folders outside the working directory that may hold inputs. */
  readonly roots: readonly Word[];
  /** Of every stage that has none of its own. */
  readonly limits: Limits;
  readonly params: LocatedMap;
  readonly imports: readonly ImportSpec[];
  readonly steps: readonly StepSpec[];
  /** Of the key `stages`, or where it is missing. */
  readonly span: Span;
  /** Written by `resolvedYaml`. */
  readonly resolved: boolean;
}

export interface ImportSpec {
  readonly prefix: Word;
  readonly file: Word;
  /** Laid over those of the file. */
  readonly params: LocatedMap;
}

const PIPELINE_KEYS = [
  'name',
  'description',
  'engine',
  'extends',
  'imports',
  'env',
  'secrets',
  'roots',
  'limits',
  'params',
  'paramsFiles',
  'profiles',
  'stages',
];
const IMPORT_KEYS = ['file', 'params'];
const RESOLVED_KEYS = ['resolved', 'name', 'engine', 'env', 'secrets', 'roots', 'stages'];

export interface SpecContext {
  readonly report: ReportProblem;
  /** A file that is imported needs no name. */
  readonly imported: boolean;
  /** Where it is shown that something is missing: in the file itself, not in one that it extends. */
  readonly start: Span;
}

export function readSpec(top: LocatedMap, { report, imported, start }: SpecContext): PipelineSpec {
  const resolved = readResolved(top, report);
  // A wrong "resolved" has been reported.
  const others = top.entries.has('resolved') ? [...PIPELINE_KEYS, 'resolved'] : PIPELINE_KEYS;
  refuseOtherKeys(top, resolved ? RESOLVED_KEYS : others, 'a pipeline file', report);
  const description = top.entries.get('description');
  if (description) stringOf(description.value, '"description"', report);
  const engine = readEngine(top, report);
  const imports = readImports(top, report);
  return {
    name: imported ? '' : readName(top, start, report),
    ...(engine ? { engine } : {}),
    env: readVariables(top, '"env"', report),
    secrets: readVariables(top, '"secrets"', report, 'secrets'),
    roots: stringsOf(top, 'roots', '"roots"', report),
    limits: readLimits(top, '"limits"', report),
    params: readParams(top, report),
    imports,
    steps: readSteps(top, { report, resolved, start, isOptional: imports.length > 0 }),
    span: top.entries.get('stages')?.key ?? start,
    resolved,
  };
}

function readParams(from: LocatedMap, report: ReportProblem, what = '"params"'): LocatedMap {
  const params = optionalMap(from, 'params', what, report);
  for (const [name, { key }] of params.entries) {
    if (!PARAM_NAME.test(name)) report(badName('parameter name', name, PARAM_RULE, key));
  }
  return params;
}

function readResolved(top: LocatedMap, report: ReportProblem): boolean {
  const value = top.entries.get('resolved')?.value;
  if (!value) return false;
  if (value.kind === 'scalar' && value.value === true) return true;
  if (!value.broken) report(wrongKind(value, '"resolved"', 'true'));
  return false;
}

function readName(top: LocatedMap, start: Span, report: ReportProblem): string {
  const entry = top.entries.get('name');
  if (!entry) {
    const message = 'Missing "name": give the pipeline a name of its own, its results go to artifacts/<name>';
    report({ code: 'missing-key', message, span: start });
    return '';
  }
  const { span } = entry.value;
  const name = stringOf(entry.value, '"name"', report);
  if (name === undefined) return '';
  if (RESERVED_NAMES.includes(name) || /^\.[a-z0-9-]*$/.test(name)) {
    const message = `Cannot use ${quote(name)} as a pipeline name: artifacts/${name} is kept for the engine; choose another`;
    report({ code: 'reserved-name', message, span });
  } else if (!NAME.test(name)) report(badName('pipeline name', name, NAME_RULE, span));
  return name;
}

function readEngine(top: LocatedMap, report: ReportProblem): Word | undefined {
  const value = top.entries.get('engine')?.value;
  const name = value && stringOf(value, '"engine"', report);
  return value && name !== undefined ? { name, span: value.span } : undefined;
}

function readImports(top: LocatedMap, report: ReportProblem): ImportSpec[] {
  const imports = optionalMap(top, 'imports', '"imports"', report);
  return [...imports.entries].flatMap(([name, { key, value }]) => {
    if (!NAME.test(name)) report(badName('prefix of an import', name, NAME_RULE, key));
    const entry = readImport(`import ${quote(name)}`, key, value, report);
    return entry ? [{ ...entry, prefix: { name, span: key } }] : [];
  });
}

function readImport(
  what: string,
  key: Span,
  value: Located,
  report: ReportProblem,
): Omit<ImportSpec, 'prefix'> | undefined {
  if (value.kind !== 'map') {
    const name = stringOf(value, what, report, 'the path of a file, or {file: …, params: {…}}');
    return name === undefined ? undefined : { file: { name, span: value.span }, params: emptyMap(key) };
  }
  refuseOtherKeys(value, IMPORT_KEYS, what, report);
  const params = readParams(value, report, `"params" of ${what}`);
  const file = value.entries.get('file')?.value;
  if (!file) report({ code: 'missing-key', message: `Missing "file" of ${what}: the path of a file`, span: key });
  const name = file && stringOf(file, `"file" of ${what}`, report);
  return file && name !== undefined ? { file: { name, span: file.span }, params } : undefined;
}

interface StepsContext {
  readonly report: ReportProblem;
  readonly resolved: boolean;
  readonly start: Span;
  readonly isOptional: boolean;
}

function readSteps(top: LocatedMap, { report, resolved, start, isOptional }: StepsContext): StepSpec[] {
  const entry = top.entries.get('stages');
  if (!entry) {
    const message = 'Missing "stages": a map from an id to a stage';
    if (!isOptional) report({ code: 'missing-key', message, span: start });
    return [];
  }
  const stages = optionalMap(top, 'stages', '"stages"', report);
  const isEmpty = isNothing(entry.value) || (entry.value.kind === 'map' && stages.entries.size === 0);
  if (isEmpty && !isOptional && !entry.value.broken) {
    report({ code: 'empty-stages', message: 'A pipeline needs at least one stage: found none', span: entry.key });
  }
  if (stages.entries.size > MAX_STEPS) {
    const message = `A pipeline has at most ${MAX_STEPS} stages: found ${stages.entries.size}`;
    report({ code: 'too-many-stages', message, span: entry.key });
    return [];
  }
  return [...stages.entries].map(([id, { key, value }]) => readStep(id, key, value, { report, resolved }));
}
