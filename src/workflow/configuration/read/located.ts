import type { Json } from '../../../stage';
import type { Span } from './problem';

/** A value of a pipeline file that knows where it stands, so that every later check can point at it. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar extends Place {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Text from outside the file, where numbers and strings look the same: the type of the option decides. */
  readonly untyped?: true;
}

export interface LocatedList extends Place {
  readonly kind: 'list';
  readonly items: readonly Located[];
}

export interface LocatedMap extends Place {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Span;
  readonly value: Located;
}

interface Place {
  readonly span: Span;
  /** What the value was made from, the definition first and what refers to it after that. */
  readonly origins?: readonly Origin[];
  /** The argument that replaced the value of the file: `--set seed=2`. */
  readonly set?: string;
  /** A mistake in the value has been reported; nothing more is to be said about it. */
  readonly broken?: true;
}

export interface Origin {
  /** `params.seed`, `matrix.seed`. */
  readonly name: string;
  /** Where the file defines it. */
  readonly span: Span;
  readonly set?: string;
}

export function emptyMap(span: Span): LocatedMap {
  return { kind: 'map', entries: new Map(), span };
}

/** The same value as if it, and all that is in it, stood elsewhere. */
export function moveTo(value: Located, place: (from: Located) => Place): Located {
  switch (value.kind) {
    case 'scalar':
      return { kind: 'scalar', value: value.value, ...(value.untyped ? { untyped: true } : {}), ...place(value) };
    case 'list':
      return { kind: 'list', items: value.items.map(item => moveTo(item, place)), ...place(value) };
    case 'map': {
      const entries = new Map<string, Entry>();
      for (const [name, entry] of value.entries) {
        entries.set(name, { key: place(value).span, value: moveTo(entry.value, place) });
      }
      return { kind: 'map', entries, ...place(value) };
    }
  }
}

export function toJson(value: Located): Json {
  switch (value.kind) {
    case 'scalar':
      return value.value;
    case 'list':
      return value.items.map(toJson);
    case 'map':
      return toRecord(value);
  }
}

export function toRecord(map: LocatedMap): Record<string, Json> {
  return Object.fromEntries([...map.entries].map(([name, { value }]) => [name, toJson(value)]));
}

/** The place of the part that a JSON pointer names; undefined when the file does not have it (a default). */
export function partAt(root: Located, pointer: readonly (string | number)[]): Entry | undefined {
  let entry: Entry = { key: root.span, value: root };
  for (const step of pointer) {
    const { value } = entry;
    const next: Entry | undefined =
      value.kind === 'map' ? value.entries.get(String(step)) : value.kind === 'list' ? itemAt(value, step) : undefined;
    if (!next) return undefined;
    entry = next;
  }
  return entry;
}

function itemAt(list: LocatedList, index: string | number): Entry | undefined {
  const item = list.items[Number(index)];
  return item && { key: item.span, value: item };
}

/** Reads the scalars of a map by name, as a tag that says which branch of a schema the map is. */
export function tagIn({ entries }: LocatedMap): (name: string) => LocatedScalar['value'] | undefined {
  return name => {
    const value = entries.get(name)?.value;
    return value?.kind === 'scalar' ? value.value : undefined;
  };
}

/** What a person would call the value in a message: `a list`, `a map`, `nothing`, a string. */
export function kindOf(value: Located): string {
  if (value.kind !== 'scalar') return `a ${value.kind}`;
  if (value.value === null) return 'nothing';
  return typeof value.value === 'boolean' ? String(value.value) : `a ${typeof value.value}`;
}
