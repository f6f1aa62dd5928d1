import { alternatives, quote } from '../../../kit/text/quote';
import { nearby } from '../read/nearby';
import type { ExpansionBudget } from '../read/limits';
import { kindOf, type Entry, type Located, type LocatedMap, type Origin } from '../read/located';
import type { Problem, ReportProblem, Span } from '../read/problem';

/** What expressions may refer to at a place of a file. */
export interface Scope {
  /** Undefined inside the parameters themselves. */
  readonly params?: LocatedMap;
  /** Values of the cell; undefined where there is no matrix. */
  readonly matrix?: LocatedMap | undefined;
  readonly variables: Variables;
  /** Whether `${secret:NAME}` may stand here; a text says why not. */
  readonly takesSecrets?: true | string;
  readonly report: ReportProblem;
  readonly budget: ExpansionBudget;
}

/** The environment, and what of it a file declares that it reads. */
export interface Variables {
  readonly env: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** `${params.x}` as it stands in a file. */
export interface Expression {
  /** `params.x` */
  readonly inner: string;
  readonly match: string;
  readonly closed: boolean;
  readonly span: Span;
}

export interface Found {
  readonly value: Located;
  /** Undefined for variables, which no file defines. */
  readonly origin?: Origin;
  readonly secret?: true;
}

/** What an expression stands for; undefined when it has no value (reported). A secret stands for its own text. */
export function evaluate(expression: Expression, scope: Scope): Found | undefined {
  const { inner, match, closed, span } = expression;
  const [, kind, name] = /^(env|secret):(.*)$/s.exec(inner) ?? [];
  if (closed && kind === 'env') return readVariable(name!, span, scope);
  if (closed && kind === 'secret') return readSecret(name!, expression, scope);
  if (!scope.params) {
    const message = `Cannot use ${quote(match)} inside "params": a parameter cannot refer to another; "$\${" stands for a literal "\${"`;
    scope.report({ code: 'bad-expression', message, span });
    return undefined;
  }
  const [head, ...path] = inner.split('.');
  const root = head === 'params' ? scope.params : head === 'matrix' ? scope.matrix : undefined;
  if (closed && head === 'matrix' && !root) {
    const message = `Cannot use ${quote(match)}: the stage has no "matrix"; add one, or {like: …} for the cells of another stage`;
    scope.report({ code: 'no-matrix', message, span });
    return undefined;
  }
  if (!closed || !root || path.length === 0 || path.includes('')) {
    scope.report(unreadable(expression, scope.params));
    return undefined;
  }
  return follow({ head: head!, path, root, expression }, scope);
}

interface Path {
  readonly head: string;
  readonly path: readonly string[];
  readonly root: LocatedMap;
  readonly expression: Expression;
}

function follow({ head, path, root, expression }: Path, { report }: Scope): Found | undefined {
  let value: Located = root;
  for (const [depth, name] of path.entries()) {
    const entry: Entry | undefined = value.kind === 'map' ? value.entries.get(name) : undefined;
    if (!entry) {
      if (value.broken) return undefined;
      const before = [head, ...path.slice(0, depth)].join('.');
      const span = nameSpan(expression, [head, ...path], depth + 1);
      const [code, what] =
        head === 'matrix' ? (['unknown-matrix-key', 'matrix key'] as const) : (['unknown-param', 'parameter'] as const);
      report({ code, message: unknownName(what, name, before, value), span });
      return undefined;
    }
    value = entry.value;
  }
  if (value.broken) return undefined;
  const name = [head, ...path].join('.');
  return { value, origin: { name, span: value.span, ...(value.set === undefined ? {} : { set: value.set }) } };
}

function readVariable(name: string, span: Span, { variables, report }: Scope): Found | undefined {
  if (!variables.env.has(name)) {
    const message = `Cannot read the variable ${quote(name)}: the file does not declare it; add it to the top of the file, env: [${shownName(name)}]`;
    report({ code: 'undeclared-env', message: message + nearby(name, variables.env), span });
    return undefined;
  }
  const value = variableOf(variables, name);
  if (value !== undefined) return { value: { kind: 'scalar', value, span, untyped: true } };
  const message = `The variable ${quote(name)} is not set in the environment: set it, ${shownName(name)}=… pipeline run …`;
  report({ code: 'unset-env', message, span });
  return undefined;
}

function readSecret(name: string, { match, span }: Expression, scope: Scope): Found | undefined {
  const { variables, report, takesSecrets } = scope;
  if (takesSecrets !== true) {
    const message = `Cannot use ${quote(match)} here: ${takesSecrets ?? 'secrets are for "with" only'}`;
    report({ code: 'bad-expression', message, span });
  } else if (!variables.secrets.has(name)) {
    const message = `Cannot use the secret ${quote(name)}: the file does not declare it; add it to the top of the file, secrets: [${shownName(name)}]`;
    report({ code: 'undeclared-secret', message: message + nearby(name, variables.secrets), span });
  } else if ((variableOf(variables, name) ?? '') === '') {
    const message = `The secret ${quote(name)} is not set: set the variable ${name} in the environment`;
    report({ code: 'unset-secret', message, span });
  } else {
    return { value: { kind: 'scalar', value: `\${secret:${name}}`, span }, secret: true };
  }
  return undefined;
}

export function variableOf({ values }: Variables, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** A name to be copied; what is no name is not shown. */
function shownName(name: string): string {
  return /^\w{1,100}$/.test(name) ? name : 'NAME';
}

function unreadable({ inner, match, closed, span }: Expression, params: LocatedMap): Problem {
  const wanted = 'wanted "${params.<name>}", "${matrix.<key>}", "${env:<NAME>}" or "${secret:<NAME>}"';
  const reason = closed ? wanted : 'the closing "}" is missing';
  const near = params.entries.has(inner) ? ` (did you mean ${quote(`\${params.${inner}}`)}?)` : '';
  const message = `Cannot read the expression ${quote(match)}: ${reason}; "$\${" stands for a literal "\${"${near}`;
  return { code: 'bad-expression', message, span };
}

function unknownName(what: string, name: string, before: string, within: Located): string {
  if (within.kind !== 'map') return `Unknown ${what} ${quote(name)}: ${before} is ${kindOf(within)}, not a map`;
  const known = [...within.entries.keys()];
  if (known.length === 0) return `Unknown ${what} ${quote(name)}: ${before} is empty`;
  return `Unknown ${what} ${quote(name)}: ${before} has ${alternatives(known, 'and')}${nearby(name, known)}`;
}

/** Of one name in `${params.a.b}`, when the expression was found in the file as it is written. */
function nameSpan({ span, match }: Expression, names: readonly string[], depth: number): Span {
  if (span.end - span.start !== match.length) return span;
  const start = span.start + match.indexOf(names[0]!) + names.slice(0, depth).join('.').length + 1;
  return { source: span.source, start, end: start + names[depth]!.length };
}
