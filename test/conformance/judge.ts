export interface SpecResult {
  /** As jasmine composes it, without the name of the test environment: `conv2d gradient x=[1,1,3,3] ...`. */
  readonly name: string;
  /** pending: switched off by tfjs-core itself. */
  readonly status: 'passed' | 'failed' | 'pending' | 'excluded';
  /** The first failed expectation. */
  readonly why: string;
}

/** What the process of an engine leaves. */
export type ChildResult = { readonly specs: readonly SpecResult[] } | { readonly unavailable: string };

/** Specs that an engine need not pass. */
export interface Exclusion {
  readonly reason: string;
  /** Each the beginning of a spec's name; whatever begins so has to fail, or the exclusion is stale. */
  readonly specs: readonly string[];
  /** They fail by timing, now and then: passing does not make the exclusion stale. */
  readonly flaky?: true;
}

export interface Verdict {
  /** Neither excluded nor pending. */
  readonly run: number;
  readonly passed: number;
  readonly excluded: number;
  readonly pending: number;
  /** In words: a spec that fails and is not excluded, one that is excluded and passes, an exclusion that no spec matches. */
  readonly problems: readonly string[];
}

/** Excluded specs have run as well; several specs may have one name, and one of them that fails is enough to exclude it. */
export function judge(specs: readonly SpecResult[], exclusions: readonly Exclusion[]): Verdict {
  const starts = exclusions.flatMap(exclusion => exclusion.specs);
  const isExcluded = ({ name }: SpecResult): boolean => starts.some(start => name.startsWith(start));
  const active = specs.filter(({ status }) => status === 'passed' || status === 'failed');
  const excluded = active.filter(isExcluded);
  const run = active.filter(spec => !isExcluded(spec));
  const failed = run.filter(({ status }) => status === 'failed');
  const failing = new Set(excluded.filter(({ status }) => status === 'failed').map(({ name }) => name));
  const flaky = exclusions.flatMap(exclusion => (exclusion.flaky ? exclusion.specs : []));
  const mustFail = excluded.filter(({ name }) => !flaky.some(start => name.startsWith(start)));
  const stale = new Set(mustFail.map(({ name }) => name).filter(name => !failing.has(name)));
  const idle = starts.filter(start => !active.some(({ name }) => name.startsWith(start)));
  return {
    run: run.length,
    passed: run.length - failed.length,
    excluded: excluded.length,
    pending: specs.length - active.length,
    problems: [
      ...failed.map(({ name, why }) => `fails: ${name}: ${why}`),
      ...[...stale].map(name => `is excluded, but passes: ${name}`),
      ...idle.map(start => `excludes nothing: ${start}`),
    ],
  };
}

/** One line. */
export function inWords(engine: string, { run, passed, excluded, pending }: Verdict): string {
  return `conformance ${engine}: ${run} run, ${passed} passed, ${excluded} excluded (${pending} switched off in tfjs-core)`;
}
