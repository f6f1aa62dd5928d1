import type { AnyStage } from '../../../stage';
import { NAME, PARAM_NAME, RESERVED_NAMES } from '../read/names';
import { LIMITS, stageSchema, VARIABLES } from './stage-schema';

type Schema = Readonly<Record<string, unknown>>;

const PATHS: Schema = { type: 'array', items: { type: 'string', minLength: 1 } };
const PARAMS: Schema = { type: ['object', 'null'], propertyNames: { pattern: PARAM_NAME.source } };

/**
 * JSON schema (draft-07) of pipeline files, for yaml-language-server and JetBrains: completes keys, stages, options and ports and shows what
 * they mean. It accepts every file that the loader accepts; what joins several places of a file is left to the loader.
 */
export function pipelineSchema(stages: Readonly<Record<string, AnyStage>>, engines: readonly string[]): object {
  const stagesOf = (kind: string): Schema => ({ additionalProperties: { $ref: `#/definitions/${kind}` } });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'fairdistill pipeline',
    type: 'object',
    additionalProperties: false,
    properties: propertiesOf(engines),
    if: { required: ['extends'] },
    then: { properties: { stages: stagesOf('partialStage') } },
    else: { properties: { stages: stagesOf('stage') } },
    definitions: {
      expression: {
        type: 'string',
        pattern: '\\$\\{',
        description: '${params.<name>}, ${matrix.<key>}, ${env:<NAME>}; ${secret:<NAME>} in options that take secrets',
      },
      stage: stageSchema(stages, false),
      partialStage: stageSchema(stages, true),
    },
  };
}

function propertiesOf(engines: readonly string[]): Schema {
  const engine = { enum: engines, description: 'Training engine; --engine overrides it' };
  const named = { type: ['object', 'null'], propertyNames: { pattern: NAME.source } };
  const file = { type: 'string', minLength: 1 };
  return {
    name: {
      type: 'string',
      pattern: NAME.source,
      not: { enum: RESERVED_NAMES },
      description: 'Names the folder under artifacts/',
    },
    description: { type: 'string', description: 'The question that the pipeline answers' },
    engine,
    extends: {
      anyOf: [file, PATHS],
      description: 'Files that this one extends, by paths relative to it: maps merge, lists and values replace',
    },
    imports: {
      ...named,
      description: 'Files whose stages become <prefix>.<id>',
      additionalProperties: {
        anyOf: [
          file,
          { type: 'object', required: ['file'], additionalProperties: false, properties: { file, params: PARAMS } },
        ],
      },
    },
    env: { ...VARIABLES, description: 'Variables of the environment that ${env:NAME} may read' },
    secrets: { ...VARIABLES, description: 'Variables that ${secret:NAME} may read; no log or manifest shows them' },
    roots: { ...PATHS, description: 'Folders outside the working directory that may hold inputs' },
    limits: { ...LIMITS, description: 'Limits of every stage that sets none of its own' },
    params: { ...PARAMS, description: 'Values used in several places, ${params.<name>}; --set overrides them' },
    paramsFiles: { ...PATHS, description: 'YAML or JSON files of parameters, merged over "params"' },
    profiles: {
      ...named,
      description: 'Changes that --profile NAME applies to the file',
      additionalProperties: {
        type: ['object', 'null'],
        additionalProperties: false,
        properties: {
          description: { type: 'string' },
          engine,
          limits: LIMITS,
          params: PARAMS,
          stages: { ...named, additionalProperties: { $ref: '#/definitions/partialStage' } },
        },
      },
    },
    stages: { ...named, description: 'The stages, each under an id of your choice' },
  };
}
