/** What a list says of a member before it is loaded. */
export interface Listed<T> {
  /** One line for people. */
  readonly summary: string;
  /** Loads the member alone: `() => import('./tiny').then(({ tiny }) => tiny)`. */
  readonly load: () => Promise<T>;
}

/**
 * Things of one kind, by name: students, engines. The list drives all that asks which there are: schema, help, completion and
 * dispatch. It lies in the family's `index.ts` and holds nothing else, because its text counts in no key: of a family, only the members that
 * a step names count in the key of the step (tools/describe-code.js), so that a new member leaves every result as it is.
 */
export interface Family<Name extends string = string, Entry = unknown> {
  /** Name of the family's folder: `students`. */
  readonly kind: string;
  /** In the order in which they are listed to people. */
  readonly names: readonly Name[];
  readonly members: Readonly<Record<Name, Entry>>;
}

/** The list of a family. Members are written out in the call, each with its `import()`, where the build can read them. */
export function family<Name extends string, T, Facts extends object>(
  kind: string,
  members: Readonly<Record<Name, Listed<T> & Facts>>,
): Family<Name, Listed<T> & Facts> {
  return { kind, names: Object.keys(members) as Name[], members };
}

/** Whether a text names a member. */
export function isMember<Name extends string>({ members }: Family<Name>, name: string): name is Name {
  return Object.hasOwn(members, name);
}

/** Schema of an option that names a member; `family` makes that member's code count in the key. */
export function memberOption(
  { kind, names }: Family,
  { description, fallback }: { description: string; fallback: string },
) {
  return { type: 'string', enum: names, family: kind, default: fallback, description } as const;
}
