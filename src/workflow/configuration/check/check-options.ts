import { resolve } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import type { AnyStage, Json, OptionSchema } from '../../../stage';
import { quote } from '../../../kit/text/quote';
import { companionMistakes } from './check-companions';
import { notesOf } from '../compose/interpolate';
import { partAt, toRecord, type Located, type LocatedMap } from '../read/located';
import { optionProblems } from './option-problems';
import { warnOfLeadingZero } from '../read/parse';
import type { ReportProblem } from '../read/problem';
import { clipped, type Roots } from './roots';
import type { StepSpec } from '../compose/step-spec';

type Options = Record<string, Json>;

/** Lists whose items must differ are compared item by item. */
const MAX_UNIQUE_ITEMS = 256;

/**
 * The options of a stage: checked against its schema, defaults filled in, `input-path` options as absolute paths that exist in the
 * roots. They are fit for use only when nothing was reported.
 */
export function checkOptions(
  step: StepSpec,
  stage: AnyStage,
  given: LocatedMap,
  roots: Roots,
  report: ReportProblem,
): Options {
  const values = typed(given, stage, report);
  const options = toRecord(values);
  if (refusesLongLists(stage, values, report)) return options;
  const validate = validatorOf(stage);
  if (!validate(options)) optionProblems(step, stage, values, validate.errors ?? []).forEach(report);
  for (const [name, schema] of Object.entries(stage.options.properties)) {
    const isList = isPath(schema['items']);
    const value = options[name];
    if (value !== undefined && (isPath(schema) || isList))
      options[name] = resolvePaths({ name, step, stage, values, roots, report }, value);
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
  formats: { 'input-path': true, secret: true },
});
const validators = new WeakMap<AnyStage, ValidateFunction<Options>>();

function validatorOf(stage: AnyStage): ValidateFunction<Options> {
  const known = validators.get(stage);
  if (known) return known;
  const validate = ajv.compile<Options>(stage.options);
  validators.set(stage, validate);
  return validate;
}

/** Options that came whole from the environment, where everything is text, as what the schema wants. */
function typed(values: LocatedMap, stage: AnyStage, report: ReportProblem): LocatedMap {
  const untyped = [...values.entries].filter(([, { value }]) => value.kind === 'scalar' && value.untyped);
  if (untyped.length === 0) return values;
  const entries = new Map(values.entries);
  for (const [name, entry] of untyped) {
    const schema = Object.hasOwn(stage.options.properties, name) ? stage.options.properties[name] : undefined;
    if (schema) entries.set(name, { ...entry, value: readAs(schema, entry.value, report) });
  }
  return { ...values, entries };
}

/** Numbers as `--set` takes them: those of YAML 1.2. */
function readAs({ type }: OptionSchema, value: Located, report: ReportProblem): Located {
  const types = [type].flat();
  if (value.kind !== 'scalar' || types.includes('string') || types.includes(undefined)) return value;
  const text = String(value.value);
  const isNumber = /^([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|0x[\da-f]+|0o[0-7]+)$/i.test(text);
  if (isNumber && (types.includes('number') || types.includes('integer'))) {
    warnOfLeadingZero(text, value.span, report);
    return { ...value, value: Number(text) };
  }
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return { ...value, value: text === 'true' };
  return value;
}

function refusesLongLists(stage: AnyStage, values: LocatedMap, report: ReportProblem): boolean {
  const long = Object.entries(stage.options.properties).flatMap(([name, schema]) => {
    const value = values.entries.get(name)?.value;
    const isLong = schema['uniqueItems'] === true && value?.kind === 'list' && value.items.length > MAX_UNIQUE_ITEMS;
    return isLong ? [{ name, value }] : [];
  });
  for (const { name, value } of long) {
    const message = `Cannot use option ${quote(name)} of ${stage.name}: found ${value.items.length} items, at most ${MAX_UNIQUE_ITEMS} are compared`;
    report({ code: 'too-many-values', message, span: value.span, notes: notesOf(value.origins) });
  }
  return long.length > 0;
}

interface PathOption {
  readonly name: string;
  readonly step: StepSpec;
  readonly stage: AnyStage;
  readonly values: LocatedMap;
  readonly roots: Roots;
  readonly report: ReportProblem;
}

function resolvePaths(option: PathOption, value: Json): Json {
  if (Array.isArray(value))
    return value.map((item: Json, index) => resolvePath(option, item, [option.name, String(index)]));
  return resolvePath(option, value, [option.name]);
}

function resolvePath({ name, step, stage, values, roots, report }: PathOption, value: Json, pointer: string[]): Json {
  // Something else than a string has been reported; '' as a default means that there is none.
  if (typeof value !== 'string' || (value === '' && !values.entries.has(name))) return value;
  const path = resolve(roots.cwd, value);
  const refusal = value === '' ? { code: 'missing-path', reason: '' } : roots.refuse(path);
  const part = partAt(values, pointer);
  const span = part?.value.span ?? (step.with.entries.size > 0 ? values.span : step.span);
  const notes = notesOf(part?.value.origins);
  if (!refusal) {
    const mistakes = companionMistakes(roots, stage, name, { path, written: value });
    for (const mistake of mistakes) report({ ...mistake, span, notes });
    return path;
  }
  const where = path === value ? '' : ` (relative to ${clipped(roots.cwd)})`;
  const isMissing = refusal.code === 'missing-path';
  const problem = value === '' ? 'the path is empty' : `${clipped(path)} ${refusal.reason}${isMissing ? where : ''}`;
  const verb = isMissing ? 'find' : 'use';
  report({
    code: refusal.code,
    message: `Cannot ${verb} ${quote(value)}, option ${quote(name)} of ${stage.name}: ${problem}`,
    span,
    notes,
  });
  return path;
}

function isPath(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'format' in schema && schema.format === 'input-path';
}
