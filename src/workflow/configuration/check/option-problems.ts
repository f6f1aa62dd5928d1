import type { ErrorObject } from 'ajv';
import type { AnyStage } from '../../../stage';
import { branchesOf, isSchema, propertiesOf, tagOf, tagsOf, type Schema } from '../../../kit/schema-parts';
import { describeSchema } from '../../../kit/text/describe-schema';
import { alternativesTo, quote, suggestion } from '../../../kit/text/quote';
import { notesOf } from '../compose/interpolate';
import { partAt, toJson, type LocatedMap } from '../read/located';
import type { Problem } from '../read/problem';
import { MERGE_KEY, MERGE_KEY_RULE } from '../read/shape';
import { movedOptions, movedProblem } from './moved-options';
import type { StepSpec } from '../compose/step-spec';

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
  if (error.keyword === 'discriminator') return badTag(error, pointer, context);
  return badOption(error, pointer, context);
}

function unknownOption(
  { params, parentSchema }: ErrorObject,
  pointer: readonly string[],
  context: Context,
): Problem | undefined {
  const name = String(params['additionalProperty']);
  return unknownName(name, Object.keys(propertiesOf(schemaIn(parentSchema))), pointer, context);
}

function unknownName(
  name: string,
  known: readonly string[],
  pointer: readonly string[],
  { stage, values }: Context,
): Problem | undefined {
  const moved = pointer.length === 0 ? movedOptions(name, stage, values) : undefined;
  if (moved) return moved.names[0] === name ? movedProblem(moved, stage, values) : undefined;
  const where = pointer.length === 0 ? stage.name : `${quote(pathText(pointer))} of ${stage.name}`;
  const accepted =
    pointer.length === 0 && Object.hasOwn(stage.inputs, name)
      ? 'it is an input, put it under "in"'
      : name === MERGE_KEY
        ? MERGE_KEY_RULE
        : known.length === 0
          ? 'there are none'
          : `use ${alternativesTo(name, known)}`;
  const span = partAt(values, [...pointer, name])?.key ?? values.span;
  return { code: 'unknown-option', message: `Unknown option ${quote(name)} of ${where}: ${accepted}`, span };
}

function missingOption(
  { params, parentSchema }: ErrorObject,
  pointer: readonly string[],
  context: Context,
  all: readonly ErrorObject[],
): Problem | undefined {
  const name = String(params['missingProperty']);
  // The message for a missing tag lists its values.
  if (isSchema(parentSchema) && tagOf(parentSchema) === name) return undefined;
  // A misspelt name has been reported with this one as its suggestion, and a merge key is there to bring others.
  const misspelt = all.some(
    error =>
      error.keyword === 'additionalProperties' &&
      error.instancePath === pointer.map(part => `/${part}`).join('') &&
      (error.params['additionalProperty'] === MERGE_KEY ||
        suggestion(
          String(error.params['additionalProperty']),
          Object.keys(propertiesOf(schemaIn(parentSchema))),
        ).includes(quote(name))),
  );
  return misspelt ? undefined : missingName(name, propertiesOf(schemaIn(parentSchema))[name], pointer, context);
}

function missingName(
  name: string,
  schema: Schema | undefined,
  pointer: readonly string[],
  { stage, values, step }: Context,
): Problem {
  const wanted = isSchema(schema) ? `: wanted ${describeSchema(schema)}${meaning(schema)}` : '';
  const message = `Missing option ${quote(pathText([...pointer, name]))} of ${stage.name}${wanted}`;
  const span = pointer.length > 0 ? partAt(values, pointer)?.value.span : undefined;
  return { code: 'missing-option', message, span: span ?? (values.entries.size > 0 ? values.span : step.span) };
}

/** Of a map that is one of several kinds: which it is was not said, or is none of them. Nothing else of it can be checked. */
function badTag(
  { params, parentSchema, data }: ErrorObject,
  pointer: readonly string[],
  context: Context,
): Problem | undefined {
  const union = schemaIn(parentSchema);
  const tag = String(params['tag']);
  const values = branchesOf(union).flatMap(branch => tagsOf(branch, tag));
  const tags = { enum: values, description: union['description'] };
  const part = partAt(context.values, [...pointer, tag])?.value;
  if (part?.broken) return undefined;
  if (params['tagValue'] !== undefined) {
    return badValue({ schema: tags, keyword: 'enum', found: params['tagValue'] }, [...pointer, tag], context);
  }
  const written = isSchema(data) ? Object.keys(data) : [];
  const misspelt = written.find(name => name === MERGE_KEY || suggestion(name, [tag]) !== '');
  return misspelt === undefined
    ? missingName(tag, tags, pointer, context)
    : unknownName(misspelt, [tag], pointer, context);
}

function badOption(error: ErrorObject, pointer: readonly string[], context: Context): Problem {
  const { parentSchema, data: found, ...rest } = error;
  return badValue({ ...rest, schema: schemaIn(parentSchema), found }, pointer, context);
}

interface BadValue extends Pick<ErrorObject, 'keyword' | 'message'> {
  readonly schema: Schema;
  readonly found: unknown;
}

function badValue(bad: BadValue, pointer: readonly string[], { stage, values, step }: Context): Problem {
  const { schema, keyword } = bad;
  const part = partAt(values, pointer);
  const found = part ? toJson(part.value) : bad.found;
  const isDescribed = typeof schema['description'] === 'string';
  const option = isDescribed ? schema : stage.options.properties[pointer[0] ?? ''];
  const wanted = `wanted ${describeSchema(schema)}${described(keyword) ? '' : `: it ${String(bad.message)}`}`;
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

function schemaIn(parentSchema: unknown): Schema {
  return isSchema(parentSchema) ? parentSchema : {};
}

function pointerOf({ instancePath }: ErrorObject): string[] {
  const parts = instancePath.split('/').slice(1);
  return parts.map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/** `groups[1].name` */
function pathText(pointer: readonly string[]): string {
  return pointer.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
