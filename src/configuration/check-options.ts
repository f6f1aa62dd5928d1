import { resolve } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import type { AnyStage, Json } from '../stage';
import { quote } from '../util/quote';
import { notesOf } from './interpolate';
import { partAt, toRecord, type LocatedMap } from './located';
import { optionProblems } from './option-problems';
import type { Report } from './problem';
import type { StepSpec } from './spec';

/** Where `input-path` options are looked for. */
export interface Disk {
  /** Absolute. */
  readonly cwd: string;
  readonly exists: (path: string) => boolean;
}

type Options = Record<string, Json>;

/**
 * The options of a stage: checked against its schema, defaults filled in, `input-path` options as absolute paths. They are fit for
 * use only when nothing was reported.
 */
export function checkOptions(step: StepSpec, stage: AnyStage, values: LocatedMap, disk: Disk, report: Report): Options {
  const options = toRecord(values);
  const validate = validatorOf(stage);
  if (!validate(options)) optionProblems(step, stage, values, validate.errors ?? []).forEach(report);
  for (const [name, schema] of Object.entries(stage.options.properties)) {
    const isList = isPath(schema['items']);
    if (isPath(schema) || isList)
      options[name] = resolvePaths({ name, step, stage, values, disk, report }, options[name]);
  }
  return options;
}

/**
 * One for all stages. The schemas themselves are not checked against the meta-schema, which costs a third of a second in every run;
 * a test does that.
 */
const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  verbose: true,
  // A misspelt keyword in a schema of ours is a defect, not something to be passed over.
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  meta: false,
  validateSchema: false,
  formats: { 'input-path': true },
});
const validators = new WeakMap<AnyStage, ValidateFunction<Options>>();

function validatorOf(stage: AnyStage): ValidateFunction<Options> {
  const known = validators.get(stage);
  if (known) return known;
  const validate = ajv.compile<Options>(stage.options);
  validators.set(stage, validate);
  return validate;
}

interface PathOption {
  readonly name: string;
  readonly step: StepSpec;
  readonly stage: AnyStage;
  readonly values: LocatedMap;
  readonly disk: Disk;
  readonly report: Report;
}

function resolvePaths(option: PathOption, value: Json | undefined): Json {
  if (Array.isArray(value))
    return value.map((item: Json, index) => resolvePath(option, item, [option.name, String(index)]));
  return resolvePath(option, value, [option.name]);
}

function resolvePath(
  { name, step, stage, values, disk, report }: PathOption,
  value: Json | undefined,
  pointer: string[],
): Json {
  // Something else than a string has been reported; '' as a default means that there is none.
  if (typeof value !== 'string' || (value === '' && !values.entries.has(name))) return value as Json;
  const path = resolve(disk.cwd, value);
  if (value !== '' && disk.exists(path)) return path;
  const part = partAt(values, pointer);
  const where = path === value ? '' : ` (relative to ${quoteless(disk.cwd)})`;
  const problem = value === '' ? 'the path is empty' : `${quoteless(path)} does not exist${where}`;
  report({
    code: 'missing-path',
    message: `Cannot find ${quote(value)}, option ${quote(name)} of ${stage.name}: ${problem}`,
    span: part?.value.span ?? (step.with.entries.size > 0 ? values.span : step.span),
    notes: notesOf(part?.value.origins),
  });
  return path;
}

function quoteless(path: string): string {
  return path.length > 300 ? `${path.slice(0, 300)}…` : path;
}

function isPath(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'format' in schema && schema.format === 'input-path';
}
