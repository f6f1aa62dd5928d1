import { own } from './own';

/** The keywords of a JSON Schema (draft-07) about the inside of a value. */
export type Schema = Readonly<Record<string, unknown>>;

/** Names of maps and indexes of lists, from the outside in. */
export type Pointer = readonly (string | number)[];

/** A value inside a value, with the schema that describes it. */
export interface Part {
  readonly pointer: Pointer;
  /** Where the schema has it: `terms[].weights`; `*` is any name of a map. */
  readonly place: string;
  /** Accepts anything where nothing is said of the value. */
  readonly schema: Schema;
  readonly value: unknown;
}

const ANYTHING: Schema = {};

/**
 * Every value inside a value, itself first, along its schema: through maps and lists, and of a `oneOf` through the branch that the
 * `discriminator` names. The one way to ask where paths, secrets or members are: what it does not reach, `strayMarks` finds.
 */
export function* partsOf(schema: Schema, value: unknown): Generator<Part> {
  yield* partsFrom({ pointer: [], place: '', schema, value });
}

/** The scalars among them. */
export function* leavesOf(schema: Schema, value: unknown): Generator<Part> {
  for (const part of partsOf(schema, value)) if (!isCollection(part.value)) yield part;
}

function* partsFrom(part: Part): Generator<Part> {
  yield part;
  const { pointer, place, schema, value } = part;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    for (const [i, item] of value.entries())
      yield* partsFrom({ pointer: [...pointer, i], place: `${place}[]`, schema: items, value: item });
  } else if (isCollection(value)) {
    const branch = branchOf(schema, name => own(value, name));
    for (const name of namesOf(branch, value)) {
      const inside = { pointer: [...pointer, name], place: memberPlace(place, branch, name), value: value[name] };
      yield* partsFrom({ ...inside, schema: memberOf(branch, name) ?? ANYTHING });
    }
  }
}

/** In the order of the schema, then those that it does not name. */
function namesOf(schema: Schema, value: object): string[] {
  const known = Object.keys(propertiesOf(schema)).filter(name => Object.hasOwn(value, name));
  return [...known, ...Object.keys(value).filter(name => !Object.hasOwn(propertiesOf(schema), name))];
}

/** What describes the items of a list. */
export function itemsOf({ items }: Schema): Schema {
  return isSchema(items) ? items : ANYTHING;
}

/** What describes a member of a map, whose branch is known; undefined where nothing does. */
export function memberOf(branch: Schema, name: string): Schema | undefined {
  const { additionalProperties } = branch;
  const member = own(propertiesOf(branch), name) ?? additionalProperties;
  return isSchema(member) ? member : undefined;
}

/** What describes a map: of branches told apart by a tag, the one that has it. */
export function branchOf(schema: Schema, read: (name: string) => unknown): Schema {
  const tag = tagOf(schema);
  if (tag === undefined) return schema;
  const value = read(tag);
  return branchesOf(schema).find(branch => tagsOf(branch, tag).some(each => each === value)) ?? ANYTHING;
}

/** The member that tells branches apart; undefined where there are none. */
export function tagOf({ discriminator }: Schema): string | undefined {
  if (!isSchema(discriminator)) return undefined;
  return String(discriminator['propertyName']);
}

export function branchesOf({ oneOf }: Schema): readonly Schema[] {
  return Array.isArray(oneOf) ? oneOf.filter(isSchema) : [];
}

/** The values of the tag for which a branch is taken. */
export function tagsOf(branch: Schema, tag: string): readonly unknown[] {
  const { const: only, enum: several } = memberOf(branch, tag) ?? ANYTHING;
  return Array.isArray(several) ? (several as unknown[]) : [only];
}

export function propertiesOf({ properties }: Schema): Readonly<Record<string, Schema>> {
  return isSchema(properties) ? (properties as Readonly<Record<string, Schema>>) : {};
}

export function isSchema(value: unknown): value is Schema {
  return isCollection(value) && !Array.isArray(value);
}

/** Where a schema has a member of a map. */
export function memberPlace(place: string, branch: Schema, name: string): string {
  const word = Object.hasOwn(propertiesOf(branch), name) ? name : '*';
  return place === '' ? word : `${place}.${word}`;
}

function isCollection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
