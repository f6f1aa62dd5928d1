/** A JSON Schema of an option that knows the type of its values; `kit/options.ts` builds them. */
export interface Option<T = unknown> {
  readonly description: string;
  readonly type?: string | readonly string[];
  readonly format?: 'input-path' | 'secret';
  readonly default?: unknown;
  readonly [keyword: string]: unknown;
  /** For the type alone: no value has it. */
  readonly [TYPE]?: () => T;
}

export interface MapOption<T = unknown> extends Option<T> {
  readonly type: 'object';
  readonly properties: Members;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/** Of a member that may be left out. */
export interface LeftOut {
  readonly [LEFT_OUT]: true;
}

export type Members = Readonly<Record<string, Option>>;
export type Branches = Readonly<Record<string, MapOption>>;

/** What a schema accepts, defaults filled in. */
export type TypeOf<S extends Option> = S extends { readonly [TYPE]?: (() => infer T) | undefined } ? T : never;

export type TypeOfMembers<M extends Members> = Flat<
  { readonly [K in Exclude<keyof M, NamesLeftOut<M>>]: TypeOf<M[K]> } & {
    readonly [K in NamesLeftOut<M>]?: TypeOf<M[K]>;
  }
>;

export type TypeOfBranches<Tag extends string, B extends Branches> = {
  [K in keyof B]: Flat<{ readonly [T in Tag]: K } & TypeOf<B[K]>>;
}[keyof B];

/** Further keywords; `default` is the value where none is stated. */
export type Range = Partial<
  Record<'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum' | 'multipleOf', number>
>;
export type NumberRules = Range & { readonly enum?: readonly number[]; readonly default?: number };
export type TextRules = { readonly pattern?: string; readonly default?: string } & Partial<
  Record<'minLength' | 'maxLength', number>
>;
/** In a default, a map needs no member that has a default of its own. */
export type ListRules<T> = { readonly default?: readonly (T extends object ? object : T)[] } & Partial<
  Record<'minItems' | 'maxItems', number>
> & {
    readonly uniqueItems?: boolean;
  };

type NamesLeftOut<M> = { [K in keyof M]: M[K] extends LeftOut ? K : never }[keyof M];
type Flat<T> = { [K in keyof T]: T[K] };

declare const TYPE: unique symbol;
declare const LEFT_OUT: unique symbol;
