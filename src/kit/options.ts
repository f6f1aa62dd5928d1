import type * as Types from './option-types';
import type { LeftOut, MapOption, NumberRules, Option, TypeOf } from './option-types';

export type { TypeOf };

/*
 * Builders of the options of a stage: each makes the JSON Schema value that stands for it, and `TypeOf<typeof schema>` is the type of what
 * that accepts. An option without a default has to be given, unless it is `optional`.
 */

export function integer(description: string, rules: NumberRules = {}): Option<number> {
  return { type: 'integer', ...rules, description };
}

export function number(description: string, rules: NumberRules = {}): Option<number> {
  return { type: 'number', ...rules, description };
}

export function flag(description: string, rules: { readonly default?: boolean } = {}): Option<boolean> {
  return { type: 'boolean', ...rules, description };
}

export function text(description: string, rules: Types.TextRules = {}): Option<string> {
  return { type: 'string', ...rules, description };
}

/** A text that may hold secrets. */
export function secret(description: string): Option<string> {
  return { type: 'string', format: 'secret', description };
}

/** A file or folder outside the store; '' as a default says that there is none. */
export function inputPath(description: string, rules: { readonly default?: '' } = {}): Option<string> {
  return { type: 'string', format: 'input-path', ...rules, description };
}

export function choice<const V extends string>(
  description: string,
  values: readonly V[],
  rules: { readonly default?: NoInfer<V> } = {},
): Option<V> {
  return { ...rules, type: 'string', enum: values, description };
}

export function list<S extends Option>(
  description: string,
  items: S,
  rules: Types.ListRules<TypeOf<S>> = {},
): Option<readonly TypeOf<S>[]> {
  return { ...rules, type: 'array', items, description };
}

/** A number, or a map of these members in its place. */
export function numberOrMap<M extends Types.Members>(
  description: string,
  rules: Types.Range,
  properties: M,
  more: { readonly default?: number | object } = {},
): Option<number | Types.TypeOfMembers<M>> {
  return { ...object(description, properties), ...rules, ...more, type: ['number', 'object'] };
}

/** A map whose names are free. */
export function mapOf<S extends Option>(description: string, values: S): Option<Readonly<Record<string, TypeOf<S>>>> {
  return { type: 'object', additionalProperties: values, description };
}

/** A map of these members. The whole options of a stage are one. */
export function object<M extends Types.Members>(
  description: string,
  properties: M,
  rules: { readonly default?: object } = {},
): MapOption<Types.TypeOfMembers<M>> {
  const names = Object.entries(properties).filter(([, each]) => each.default === undefined && !optionals.has(each));
  const needed = names.length > 0 ? { required: names.map(([name]) => name) } : {};
  return { type: 'object', additionalProperties: false, ...rules, ...needed, properties, description };
}

/** One of these maps, by the value of its member `tag`, which has the keywords `ofTag` too. */
export function tagged<Tag extends string, B extends Types.Branches>(
  description: string,
  tag: Tag,
  branches: B,
  { ofTag, ...rules }: { readonly default?: object; readonly ofTag?: object } = {},
): Option<Types.TypeOfBranches<Tag, B>> {
  const oneOf = Object.entries(branches).map(([name, branch]) => ({
    ...branch,
    required: [tag, ...(branch.required ?? [])],
    properties: { [tag]: { ...ofTag, const: name, description: branch.description }, ...branch.properties },
  }));
  return { ...rules, type: 'object', discriminator: { propertyName: tag }, oneOf, description };
}

/** A scalar or null. */
export function nullable<S extends Option>(option: S): Option<TypeOf<S> | null> {
  return { ...option, type: [option.type, 'null'].flat() } as Option<TypeOf<S> | null>;
}

const optionals = new WeakSet<Option>();

/** May be left out: there is no default. */
export function optional<S extends Option>(option: S): S & LeftOut {
  const copy = { ...option };
  optionals.add(copy);
  return copy as S & LeftOut;
}
