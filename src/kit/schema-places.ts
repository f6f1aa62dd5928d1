import { branchesOf, isSchema, memberPlace, propertiesOf, tagOf, tagsOf, type Schema } from './schema-parts';

/** A schema inside a schema, and where it is: `terms[].weights`. */
export interface SchemaPlace {
  readonly place: string;
  readonly schema: Schema;
}

/** Every schema inside a schema that `partsOf` reaches, itself first. */
export function* schemaPlaces(schema: Schema, place = ''): Generator<SchemaPlace> {
  yield { place, schema };
  for (const branch of tagOf(schema) === undefined ? [schema] : branchesOf(schema)) {
    const { items, additionalProperties: others } = branch;
    for (const [name, member] of Object.entries(propertiesOf(branch)))
      yield* schemaPlaces(member, memberPlace(place, branch, name));
    if (isSchema(others)) yield* schemaPlaces(others, place === '' ? '*' : `${place}.*`);
    if (isSchema(items)) yield* schemaPlaces(items, `${place}[]`);
  }
}

/** Keywords whose values are no schemas. */
const DATA = new Set(['default', 'enum', 'const', 'examples', 'required', 'discriminator']);
/** Keywords that hold schemas by name. */
const BY_NAME = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependencies']);
/** Keywords that `partsOf` follows; of the branches of a choice, where a tag tells them apart. */
const REACHED = new Set(['properties', 'items', 'additionalProperties']);

/**
 * Where a schema has one of these formats, the name of a member of a family, or a choice by a tag, in a way that `partsOf` would not see, in
 * words: behind `anyOf` or `$ref`, for one, or on something else than a string. A value there would pass by everything that looks after paths
 * and secrets, and a member would not count in the key.
 */
export function strayMarks(schema: Schema, formats: readonly string[]): string[] {
  return strays(schema, { at: '#', isReached: true, formats });
}

interface At {
  /** `#/properties/model` */
  readonly at: string;
  readonly isReached: boolean;
  readonly formats: readonly string[];
}

function strays(schema: Schema, { at, isReached, formats }: At): string[] {
  const isFine = isReached && isText(schema);
  const marks = (['format', 'family'] as const).filter(name => isMarked(schema, name, formats));
  const inside = Object.entries(schema).flatMap(([keyword, value]) => {
    if (DATA.has(keyword)) return [];
    const isTold = tagOf(schema) !== undefined;
    const reached = isReached && (isTold ? keyword === 'oneOf' : REACHED.has(keyword) && !Array.isArray(value));
    const schemas = BY_NAME.has(keyword) || Array.isArray(value) ? Object.entries(value as object) : [['', value]];
    return (schemas as [string, unknown][]).flatMap(([name, each]) =>
      isSchema(each)
        ? strays(each, { at: `${at}/${keyword}${name === '' ? '' : `/${name}`}`, isReached: reached, formats })
        : [],
    );
  });
  const wrong = isFine ? [] : marks.map(name => `${at} (${name} ${schema[name] as string})`);
  return [...wrong, ...brokenChoice(schema, at), ...inside];
}

function isMarked(schema: Schema, name: 'format' | 'family', formats: readonly string[]): boolean {
  const value = schema[name];
  return typeof value === 'string' && (name === 'family' || formats.includes(value));
}

function isText({ type, const: only }: Schema): boolean {
  return typeof only === 'string' || [type].flat().every(each => each === 'string' || each === 'null');
}

/** Without a type, something else than a map would be taken, for ajv looks at maps only. */
function brokenChoice(schema: Schema, at: string): string[] {
  const tag = tagOf(schema);
  if (tag === undefined) return [];
  const isMap = [schema['type']].flat().every(type => type === 'object' || type === 'null');
  const hasTags = branchesOf(schema).every(branch => tagsOf(branch, tag).every(value => typeof value === 'string'));
  return isMap && hasTags ? [] : [`${at} (discriminator)`];
}
