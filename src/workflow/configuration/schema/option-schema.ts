type Schema = Readonly<Record<string, unknown>>;

/** Where the schema of a pipeline file keeps what several places share. */
export const EXPRESSION = { $ref: '#/definitions/expression' };

/** The schema of an option as it may be written in a file: an expression fits wherever a value does. */
export function writtenOption(schema: Schema): Schema {
  const { description, default: fallback, format, ...rest } = schema;
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  // What marks a path or a secret for the engine means nothing to an editor.
  const isOurs = format === undefined || format === 'input-path' || format === 'secret';
  const value: Schema = { ...(isOurs ? {} : { format }), ...withParts(rest) };
  return takesAnyText(value) ? { ...about, ...value } : { ...about, anyOf: [value, EXPRESSION] };
}

function withParts(schema: Schema): Schema {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(isSchema(items) ? { items: writtenOption(items) } : {}),
    ...(isSchema(properties) ? { properties: mapValues(properties, part => writtenOption(part as Schema)) } : {}),
  };
}

/** A plain string takes the text of an expression, too. */
function takesAnyText(schema: Schema): boolean {
  const limits = ['enum', 'const', 'pattern', 'anyOf', 'oneOf', 'maxLength', 'minLength', 'format'];
  return [schema['type']].flat().includes('string') && !limits.some(limit => limit in schema);
}

export function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
