import { branchesOf, isSchema, tagOf, tagsOf, type Schema } from '../schema-parts';
import { alternatives, quote } from './quote';

/** Of a string with something to see in it. */
const NOT_BLANK = '\\S';

/** What a JSON Schema (draft-07) accepts, in words: `an integer of at least 1`, `one of "mse" or "cosine"`, `a list of strings`. */
export function describeSchema(schema: Schema): string {
  const tag = tagOf(schema);
  if (tag !== undefined) return describeUnion(schema, tag);
  const choices = schemas(schema['anyOf']) ?? schemas(schema['oneOf']);
  if (choices) return choices.map(describeSchema).join(' or ');
  if (Array.isArray(schema['enum']))
    return schema['enum'].length === 1 ? quote(schema['enum'][0]) : oneOf(schema['enum']);
  if ('const' in schema) return quote(schema['const']);
  if (schema['format'] === 'input-path') return 'a path of a file or folder';
  if (schema['format'] === 'secret') return 'a string that may hold secrets';
  const types = Array.isArray(schema['type'])
    ? schema['type'].map(String)
    : [schema['type'] === undefined ? 'any value' : plain(schema['type'])];
  return types.map(type => describeType(type, schema)).join(' or ');
}

/** How several kinds of maps are told apart; the members of each would be too much. */
function describeUnion(schema: Schema, tag: string): string {
  const tags = branchesOf(schema).flatMap(branch => tagsOf(branch, tag));
  const isNullable = [schema['type']].flat().includes('null');
  return `a map whose ${quote(tag)} is ${describeSchema({ enum: tags })}${isNullable ? ' or null' : ''}`;
}

function describeType(type: string, schema: Schema): string {
  switch (type) {
    case 'integer':
      return `an integer${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'string':
      return `a string${text(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list${size(schema)}${isSchema(schema['items']) ? `, each ${describeSchema(schema['items'])}` : ''}`;
    case 'object':
      return `a map${names(schema['required'])}${values(schema['additionalProperties'])}`;
    default:
      return type;
  }
}

function range(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const parts: string[] = [];
  if (minimum !== undefined && maximum !== undefined) parts.push(`from ${plain(minimum)} to ${plain(maximum)}`);
  else if (minimum !== undefined) parts.push(`of at least ${plain(minimum)}`);
  else if (maximum !== undefined) parts.push(`of at most ${plain(maximum)}`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${plain(exclusiveMinimum)}`);
  if (exclusiveMaximum !== undefined) parts.push(`below ${plain(exclusiveMaximum)}`);
  if (multipleOf !== undefined) parts.push(`that is a multiple of ${plain(multipleOf)}`);
  return parts.map(part => ` ${part}`).join('');
}

function size(schema: Schema): string {
  const { minItems, maxItems, uniqueItems } = schema;
  const count =
    minItems === undefined && maxItems === undefined
      ? ''
      : maxItems === undefined
        ? ` of at least ${plain(minItems)}`
        : ` of ${plain(minItems ?? 0)} to ${plain(maxItems)}`;
  return `${count}${uniqueItems === true ? ' without repetitions' : ''}`;
}

function names(required: unknown): string {
  return Array.isArray(required) && required.length > 0 ? ` with ${required.map(quote).join(' and ')}` : '';
}

/** Of a map whose names are free. */
function values(schema: unknown): string {
  return isSchema(schema) ? `, each value ${describeSchema(schema)}` : '';
}

function text({ minLength, pattern }: Schema): string {
  if (pattern === NOT_BLANK) return ' that is not blank';
  const filled = minLength === 1 ? ' that is not empty' : '';
  return typeof pattern === 'string' ? `${filled} that matches ${pattern}` : filled;
}

function oneOf(values: readonly unknown[]): string {
  const strings = values.every(value => typeof value === 'string');
  return `one of ${strings ? alternatives(values) : values.map(quote).join(', ')}`;
}

function schemas(value: unknown): readonly Schema[] | undefined {
  return Array.isArray(value) && value.every(isSchema) ? value : undefined;
}

/** A number or word of a schema, without quotes. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
