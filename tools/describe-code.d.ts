export interface CodeSources {
  /** Text of a compiled file by its path below the root of the build; undefined when there is none. */
  readonly read: (path: string) => string | undefined;
  /** Sources of the addon by path. */
  readonly native: Readonly<Record<string, string>>;
  readonly facts: CodeFacts;
}

/** What `code.json` files say. */
export interface CodeFacts {
  /** By module that may load what only its run can tell: why its results do not depend on that. */
  readonly listed: Readonly<Record<string, string>>;
  /** By folder: packages that it loads by path, and whether the addon is a part of it. */
  readonly folders: Readonly<Record<string, { readonly packages: readonly string[]; readonly native: boolean }>>;
}

/** Shape of `StageCode` in src/workflow/keys/stage-code.ts. Throws an Error that says what is wrong with the modules. */
export function describeCode(sources: CodeSources): {
  readonly stages: Readonly<Record<string, CodePart & { readonly pictures?: CodePart }>>;
  readonly families: Readonly<Record<string, Readonly<Record<string, CodePart & { readonly late: boolean }>>>>;
  readonly texts: Readonly<Record<string, string>>;
};

export interface CodePart {
  readonly modules: Readonly<Record<string, string>>;
  readonly packages: readonly string[];
  readonly lists: Readonly<Record<string, string>>;
  readonly native?: string;
}
