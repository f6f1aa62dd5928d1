import { tagged, type TypeOf } from './kit/options';
import type { MapOption, Option } from './kit/option-types';

/** The facts about a member in every list. */
interface Summarised {
  /** One line for people, of 10 to 90 characters. */
  readonly summary: string;
}

/** A member that loads late: its list says what it is, and loads it alone. For members that need heavy packages. */
export interface Listed<T> extends Summarised {
  /** `() => import('./tiny').then(({ tiny }) => tiny)`. */
  readonly load: () => Promise<T>;
}

/** A member that is loaded with its list, and has options of its own. Its module must load nothing heavy. */
export interface WithOptions extends Summarised {
  readonly options: MapOption;
}

type Entries = Readonly<Record<string, Summarised>>;

/**
 * Things of one kind, by name: students, engines, losses. The list drives all that asks which there are: schema, help, completion and
 * dispatch. It stands in the family's `index.ts`, which holds nothing else, because its text counts in no key: of a family, only the members that
 * a step names count in the key of the step (tools/describe-code.js), so that a new member leaves every result as it is.
 */
export interface Family<Members extends Entries> {
  /** Name of the family's folder: `students`. */
  readonly kind: string;
  /** In the order in which they are listed to people. */
  readonly names: readonly (keyof Members & string)[];
  readonly members: Members;
}

/** A family of whatever kind. */
export interface AnyFamily {
  readonly kind: string;
  readonly names: readonly string[];
  readonly members: Entries;
}

/**
 * The list of a family. Members are written out in the call, where the build can read them: each with its `import()`, or as the name under
 * which it is imported from the family's own folder.
 */
export function family<const Members extends Entries>(kind: string, members: Members): Family<Members> {
  return { kind, names: Object.keys(members), members };
}

/** Whether a text names a member. */
export function isMember<Members extends Entries>(
  { members }: Family<Members>,
  name: string,
): name is keyof Members & string {
  return Object.hasOwn(members, name);
}

/** Schema of an option that names a member; `family` makes that member's code count in the key. */
export function memberOption<Members extends Entries>(
  { kind, names }: Family<Members>,
  { description, fallback }: { description: string; fallback: keyof Members & string },
): Option<keyof Members & string> {
  return { type: 'string', enum: names, family: kind, default: fallback, description };
}

/** Value of an option that leaves it to the stage which member is used (`Stage.chooses`). */
export const AUTO = 'auto';

/** Schema of an option that names a member, or leaves that to the stage. */
export function memberOrAuto<Members extends Entries>(
  { kind, names }: Family<Members>,
  description: string,
): Option<typeof AUTO | (keyof Members & string)> {
  return { type: 'string', enum: [AUTO, ...names], family: kind, default: AUTO, description };
}

/** Schema of a map that names a member under `tag` and has the options of that member beside it: `{ loss: cosine, weight: 2 }`. */
export function memberWithOptions<Tag extends string, Members extends Readonly<Record<string, WithOptions>>>(
  { kind, members }: Family<Members>,
  tag: Tag,
  description: string,
  rules: { readonly default?: object } = {},
): Option<ChosenMember<Tag, Members>> {
  const branches = Object.fromEntries(Object.entries(members).map(([name, { options }]) => [name, options]));
  return tagged(description, tag, branches, { ...rules, ofTag: { family: kind } }) as Option<
    ChosenMember<Tag, Members>
  >;
}

/** A member's name under the tag, and its options. */
export type ChosenMember<Tag extends string, Members extends Readonly<Record<string, WithOptions>>> = {
  [Name in keyof Members]: { readonly [T in Tag]: Name } & TypeOf<Members[Name]['options']>;
}[keyof Members];
