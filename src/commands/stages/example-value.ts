import { branchesOf, isSchema, propertiesOf, tagOf, tagsOf, type Schema } from '../../kit/schema-parts';
import { describeSchema } from '../../kit/text/describe-schema';

/** A value for an option in an example: its default, or one that it may have; undefined for one that may be left out. */
export function exampleValue(schema: Schema, isRequired: boolean): unknown {
  if (schema['default'] !== undefined) return schema['default'];
  if (!isRequired) return undefined;
  if ('const' in schema) return schema['const'];
  const [first] = [schema['examples'], schema['enum']].flat().filter(value => value !== undefined);
  if (first !== undefined) return first;
  const { type, items } = schema;
  if (type === 'integer' || type === 'number') return schema['minimum'] ?? schema['maximum'] ?? 1;
  if (type === 'boolean') return false;
  if (type === 'array' && isSchema(items)) return [exampleValue(items, true)];
  if (type === 'object') return exampleMap(schema);
  return `<${describeSchema(schema)}>`;
}

/** What has to be given, of the first of several kinds. */
function exampleMap(schema: Schema): Record<string, unknown> {
  const tag = tagOf(schema);
  const branch = tag === undefined ? schema : (branchesOf(schema)[0] ?? {});
  const required = [branch['required'] ?? []].flat();
  const members = Object.entries(propertiesOf(branch)).map(([name, member]): [string, unknown] => {
    return [name, name === tag ? tagsOf(branch, tag)[0] : exampleValue(member, required.includes(name))];
  });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}
