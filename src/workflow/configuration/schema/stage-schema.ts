import type { AnyStage, InputPort } from '../../../stage';
import { MAX_CPU, MAX_GPU, MAX_RETRIES } from '../compose/execution';
import { VARIABLE_NAME } from '../read/names';
import { EXPRESSION, mapValues, writtenOption } from './option-schema';
import { INPUT_NAME } from '../../../kit/text/port-names';
import { DURATION_PATTERN, SIZE_PATTERN } from '../../../kit/text/units';

type Schema = Readonly<Record<string, unknown>>;

export const VARIABLES: Schema = { type: ['array', 'null'], items: { type: 'string', pattern: VARIABLE_NAME.source } };

const DURATION: Schema = { type: 'string', pattern: DURATION_PATTERN, examples: ['5s', '30m', '1h30m'] };
const SCALARS: Schema = { type: ['string', 'number', 'boolean'] };
const CELLS: Schema = { type: 'array', items: { type: 'object', additionalProperties: SCALARS } };

/** Of a stage, or of all. */
export const LIMITS: Schema = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    memory: {
      type: 'string',
      pattern: SIZE_PATTERN,
      examples: ['12GB'],
      description:
        'A process that uses more memory is ended; by default, all processes together may use 90 % of the machine or container',
    },
  },
};

const EXECUTION: Schema = {
  resources: {
    type: ['object', 'null'],
    additionalProperties: false,
    description: 'Resources that the stage uses while it runs',
    properties: {
      cpu: { type: 'number', exclusiveMinimum: 0, maximum: MAX_CPU, description: 'Cores' },
      memory: { type: 'string', pattern: SIZE_PATTERN, examples: ['500MB', '4GB'], description: 'Largest memory' },
      gpu: { type: 'integer', minimum: 0, maximum: MAX_GPU, description: 'Whole devices' },
    },
  },
  retry: {
    description: 'Attempts after the first one that fails',
    anyOf: [
      { type: ['integer', 'null'], minimum: 0, maximum: MAX_RETRIES },
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          times: { type: 'integer', minimum: 0, maximum: MAX_RETRIES, description: 'Attempts after the first' },
          delay: { ...DURATION, description: 'Before the second attempt; doubles with every further one' },
        },
      },
    ],
  },
  timeout: { ...DURATION, description: 'Time after which an attempt is ended' },
  limits: { ...LIMITS, description: 'Limits of the stage; not part of its key' },
  env: { ...VARIABLES, description: 'Variables of the top-level "env" that the stage gets; they are part of its key' },
  matrix: {
    description:
      'Runs the stage once for every combination of these values; ${matrix.<key>} stands for one under "with"',
    type: 'object',
    properties: {
      like: { type: 'string', description: 'The same cells as another stage' },
      exclude: { ...CELLS, description: 'Combinations to leave out: those that match an entry' },
      include: { ...CELLS, description: 'Complete cells to add' },
    },
    additionalProperties: {
      anyOf: [{ type: 'array', minItems: 1, items: { anyOf: [SCALARS, EXPRESSION] } }, EXPRESSION],
    },
  },
};

/**
 * The schema of a stage entry. A partial one, in a profile or over a file that is extended, may leave out what another one says.
 */
export function stageSchema(stages: Readonly<Record<string, AnyStage>>, isPartial: boolean): Schema {
  const choices = Object.values(stages);
  return {
    type: isPartial ? ['object', 'null'] : 'object',
    additionalProperties: false,
    ...(isPartial ? {} : { required: ['uses'] }),
    properties: {
      uses: {
        description: 'Name of the stage',
        anyOf: choices.map(({ name, summary }) => ({ const: name, description: summary })),
      },
      in: { type: ['object', 'null'], description: 'Its inputs: the id of another stage, or "<id>.<port>"' },
      with: { type: ['object', 'null'], description: 'Its options' },
      ...EXECUTION,
    },
    allOf: choices.map(stage => ({
      if: { properties: { uses: { const: stage.name } }, required: ['uses'] },
      then: blocksOf(stage, isPartial),
    })),
  };
}

function blocksOf({ inputs, options }: AnyStage, isPartial: boolean): Schema {
  const ports = Object.keys(inputs).filter(name => inputs[name]!.optional !== true);
  const needed = { in: isPartial ? [] : ports, with: isPartial ? [] : (options.required ?? []) };
  const block = (properties: Schema, required: readonly string[]): Schema => ({
    type: required.length > 0 ? 'object' : ['object', 'null'],
    additionalProperties: false,
    properties,
    ...(required.length > 0 ? { required } : {}),
  });
  const blocks = Object.entries(needed).flatMap(([name, required]) => (required.length > 0 ? [name] : []));
  return {
    properties: {
      in: block(mapValues(inputs, portSchema), needed.in),
      with: block(
        mapValues(options.properties, option => writtenOption(option, isPartial)),
        needed.with,
      ),
    },
    ...(blocks.length > 0 ? { required: blocks } : {}),
  };
}

function portSchema({ type, summary, many, named }: InputPort): Schema {
  const one = { type: 'string', minLength: 1 };
  const description = `${summary} (${type})`;
  if (named === true) {
    const propertyNames = { pattern: INPUT_NAME.source };
    const several = { anyOf: [one, { type: 'array', items: one, minItems: 1 }] };
    return { description, type: 'object', propertyNames, additionalProperties: several };
  }
  return many === true ? { description, anyOf: [one, { type: 'array', items: one }] } : { description, ...one };
}
