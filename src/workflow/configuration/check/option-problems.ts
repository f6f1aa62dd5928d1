import type { ErrorObject } from 'ajv';
import type { AnyStage } from '../../../stage';
import { describeSchema } from '../../../kit/text/describe-schema';
import { alternatives, quote, suggestion } from '../../../kit/text/quote';
import { notesOf } from '../compose/interpolate';
import { partAt, toJson, type LocatedMap } from '../read/located';
import type { Problem } from '../read/problem';
import { MERGE_KEY, MERGE_KEY_RULE } from '../read/shape';
import type { StepSpec } from '../compose/step-spec';

type Schema = Readonly<Record<string, unknown>>;

/** A list can hold as many mistakes as a file has room for, and they are compared with each other. */
const MAX_ERRORS = 1000;

/** What ajv found wrong with the options of a stage, as mistakes at places of the file: one for each place. */
export function optionProblems(
  step: StepSpec,
  stage: AnyStage,
  values: LocatedMap,
  errors: readonly ErrorObject[],
): Problem[] {
  const context: Context = { step, stage, values, names: Object.keys(stage.options.properties) };
  const told = new Set<string>();
  const problems: Problem[] = [];
  for (const error of mostTelling(errors.slice(0, MAX_ERRORS))) {
    const problem = problemOf(error, context, errors.slice(0, MAX_ERRORS));
    const key = `${problem?.span.start ?? -1} ${error.instancePath} ${String(error.params['missingProperty'])}`;
    if (!problem || told.has(key)) continue;
    told.add(key);
    problems.push(problem);
  }
  return problems;
}

interface Context {
  readonly step: StepSpec;
  readonly stage: AnyStage;
  readonly values: LocatedMap;
  /** Of the stage's options. */
  readonly names: readonly string[];
}

/** Without the errors of the branches of a choice, which contradict each other, and without "must match then". */
function mostTelling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const inChoice = (error: ErrorObject) =>
    choices.some(({ schemaPath }) => error.schemaPath.startsWith(`${schemaPath}/`));
  return errors.filter(error => error.keyword !== 'if' && !inChoice(error));
}

function problemOf(error: ErrorObject, context: Context, all: readonly ErrorObject[]): Problem | undefined {
  const pointer = pointerOf(error);
  if (partAt(context.values, pointer)?.value.broken || context.values.broken) return undefined;
  if (error.keyword === 'additionalProperties') return unknownOption(error, pointer, context);
  if (error.keyword === 'required') return missingOption(error, pointer, context, all);
  return badOption(error, pointer, context);
}

function unknownOption({ params, parentSchema }: ErrorObject, pointer: readonly string[], context: Context): Problem {
  const { stage, values } = context;
  const name = String(params['additionalProperty']);
  const known = Object.keys(propertiesOf(parentSchema));
  const where = pointer.length === 0 ? stage.name : `${quote(pathText(pointer))} of ${stage.name}`;
  const accepted =
    pointer.length === 0 && Object.hasOwn(stage.inputs, name)
      ? 'it is an input, put it under "in"'
      : name === MERGE_KEY
        ? MERGE_KEY_RULE
        : known.length === 0
          ? 'there are none'
          : `use ${alternatives(known)}${suggestion(name, known)}`;
  const span = partAt(values, [...pointer, name])?.key ?? values.span;
  return { code: 'unknown-option', message: `Unknown option ${quote(name)} of ${where}: ${accepted}`, span };
}

function missingOption(
  { params, parentSchema }: ErrorObject,
  pointer: readonly string[],
  context: Context,
  all: readonly ErrorObject[],
): Problem | undefined {
  const { stage, values, step } = context;
  const name = String(params['missingProperty']);
  // A misspelt name has been reported with this one as its suggestion, and a merge key is there to bring others.
  const misspelt = all.some(
    error =>
      error.keyword === 'additionalProperties' &&
      error.instancePath === pointer.map(part => `/${part}`).join('') &&
      (error.params['additionalProperty'] === MERGE_KEY ||
        suggestion(String(error.params['additionalProperty']), Object.keys(propertiesOf(parentSchema))).includes(
          quote(name),
        )),
  );
  if (misspelt) return undefined;
  const schema = propertiesOf(parentSchema)[name];
  const wanted = isSchema(schema) ? `: wanted ${describeSchema(schema)}${meaning(schema)}` : '';
  const message = `Missing option ${quote(pathText([...pointer, name]))} of ${stage.name}${wanted}`;
  const span = pointer.length > 0 ? partAt(values, pointer)?.value.span : undefined;
  return { code: 'missing-option', message, span: span ?? (values.entries.size > 0 ? values.span : step.span) };
}

function badOption(error: ErrorObject, pointer: readonly string[], context: Context): Problem {
  const { stage, values, step } = context;
  const part = partAt(values, pointer);
  const schema = schemaOf(error);
  const found = part ? toJson(part.value) : error.data;
  const option = stage.options.properties[pointer[0] ?? ''];
  const wanted = `wanted ${describeSchema(schema)}${described(error.keyword) ? '' : `: it ${String(error.message)}`}`;
  const hint = hintFor(found, schema);
  return {
    code: 'bad-option',
    message: `Cannot use option ${quote(pathText(pointer))} of ${stage.name}: found ${quote(found)}, ${wanted}${meaning(option)}${hint}`,
    span: part?.value.span ?? (values.entries.size > 0 ? values.span : step.span),
    notes: notesOf(part?.value.origins),
  };
}

function hintFor(found: unknown, schema: Schema): string {
  if (typeof found !== 'string') return '';
  const choices = enumOf(schema).filter(choice => typeof choice === 'string');
  if (choices.length > 0) return suggestion(found, choices);
  const types = [schema['type']].flat();
  const isNumber = found.trim() !== '' && Number.isFinite(Number(found));
  return isNumber && (types.includes('number') || types.includes('integer')) ? '; remove the quotes' : '';
}

function enumOf(schema: Schema): unknown[] {
  const branches = [schema['anyOf'], schema['oneOf']].flat().filter(isSchema);
  return [...(Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : []), ...branches.flatMap(enumOf)];
}

function described(keyword: string): boolean {
  return DESCRIBED.has(keyword);
}

/** Keywords that `describeSchema` puts into words. */
const DESCRIBED = new Set(
  'type enum const anyOf oneOf minimum maximum exclusiveMinimum exclusiveMaximum multipleOf pattern minItems maxItems uniqueItems'.split(
    ' ',
  ),
);

function meaning(schema: Schema | undefined): string {
  const description = schema?.['description'];
  return typeof description === 'string' && !('enum' in schema!) ? ` (${description})` : '';
}

function schemaOf({ parentSchema }: ErrorObject): Schema {
  return isSchema(parentSchema) ? parentSchema : {};
}

function propertiesOf(schema: unknown): Schema {
  return isSchema(schema) && isSchema(schema['properties']) ? schema['properties'] : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pointerOf({ instancePath }: ErrorObject): string[] {
  const parts = instancePath.split('/').slice(1);
  return parts.map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/** `groups[1].name` */
function pathText(pointer: readonly string[]): string {
  return pointer.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
