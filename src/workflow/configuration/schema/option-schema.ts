import { branchesOf, isSchema, memberOf, propertiesOf, tagOf, type Schema } from '../../../kit/schema-parts';

/** Where the schema of a pipeline file keeps what several places share. */
export const EXPRESSION = { $ref: '#/definitions/expression' };

/**
 * The schema of an option as it may be written in a file: an expression fits wherever a value does.
 * @param isPartial what is laid over another map, so that it may leave out what that has; a list replaces another, and is whole
 */
export function writtenOption(schema: Schema, isPartial = false): Schema {
  const { description, default: fallback, format, ...rest } = withoutFamily(schema);
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  // What marks a path, a secret or the name of a member for the engine means nothing to an editor.
  const isOurs = format === undefined || format === 'input-path' || format === 'secret';
  const value: Schema = { ...(isOurs ? {} : { format }), ...withParts(rest, isPartial) };
  return takesAnyText(value) ? { ...about, ...value } : { ...about, anyOf: [value, EXPRESSION] };
}

function withParts(schema: Schema, isPartial: boolean): Schema {
  const tag = tagOf(schema);
  if (tag !== undefined) return withBranches(schema, tag, isPartial);
  const { properties, items, additionalProperties: others, required, ...rest } = schema;
  return {
    ...rest,
    ...(required !== undefined && !isPartial ? { required } : {}),
    ...(isSchema(items) ? { items: writtenOption(items) } : items === undefined ? {} : { items }),
    ...(isSchema(properties)
      ? { properties: mapValues(properties, part => writtenOption(part as Schema, isPartial)) }
      : {}),
    ...(others === undefined
      ? {}
      : { additionalProperties: isSchema(others) ? writtenOption(others, isPartial) : others }),
  };
}

/**
 * Editors know no `discriminator`, but complete a branch by the constant of its tag. A tag that is an expression, or that the map beneath has,
 * says nothing of the others.
 */
function withBranches(schema: Schema, tag: string, isPartial: boolean): Schema {
  const branches = branchesOf(schema).map(branch => {
    const { properties, ...others } = withParts(branch, isPartial);
    return {
      ...others,
      properties: { ...(properties as Schema), [tag]: withoutFamily(memberOf(branch, tag) ?? {}) },
      required: [...new Set([tag, ...((others['required'] ?? []) as string[])])],
    };
  });
  const open = { required: [tag], properties: { [tag]: EXPRESSION } };
  return { type: schema['type'], oneOf: [...branches, open, ...(isPartial ? [untold(schema, tag)] : [])] };
}

/** What has no tag may have what any of the branches has. */
function untold(schema: Schema, tag: string): Schema {
  const names = branchesOf(schema).flatMap(branch => Object.keys(propertiesOf(branch)));
  return { not: { required: [tag] }, propertyNames: { enum: [...new Set(names)] } };
}

/** A plain string takes the text of an expression, too. */
function takesAnyText(schema: Schema): boolean {
  const limits = ['enum', 'const', 'pattern', 'anyOf', 'oneOf', 'maxLength', 'minLength', 'format'];
  return [schema['type']].flat().includes('string') && !limits.some(limit => limit in schema);
}

export function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function withoutFamily(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== 'family'));
}
