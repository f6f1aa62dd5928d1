import { quote } from '../../../kit/text/quote';
import { evaluate, type Found, type Scope } from './expression';
import { kindOf, moveTo, type Located, type LocatedMap, type LocatedScalar, type Origin } from '../read/located';
import { GiveUp, type Span } from '../read/problem';

/** `$${` is a literal `${`; an expression ends at the next brace. */
const EXPRESSION = /\$\$\{|\$\{([^}]*)(\}?)/g;

/**
 * Replaces `${params.x}`, `${matrix.x}` and `${env:NAME}` in every string: one that is nothing else takes the type of the value, in a longer
 * one it is inserted as text. `${secret:NAME}` is checked and left as it is.
 */
export function interpolate(value: Located, scope: Scope): Located {
  countValue(value, scope);
  if (value.kind === 'list') return { ...value, items: value.items.map(item => interpolate(item, scope)) };
  if (value.kind === 'map') return interpolateMap(value, scope);
  if (typeof value.value !== 'string' || !value.value.includes('${')) return value;
  return interpolateString(value, value.value, scope);
}

/** Takes a value off the budget of all options. */
export function countValue({ span }: Located, scope: Scope): void {
  if (--scope.budget.values < 0) tooMuch(span, scope);
}

export function interpolateMap(map: LocatedMap, scope: Scope): LocatedMap {
  const entries = new Map<string, { key: Span; value: Located }>();
  for (const [name, { key, value }] of map.entries) entries.set(name, { key, value: interpolate(value, scope) });
  return { ...map, entries };
}

/** What stands between the braces of every expression of a text: `params.seed`. */
export function expressionsIn(text: string): string[] {
  return [...text.matchAll(EXPRESSION)].flatMap(([, inner]) => (inner === undefined ? [] : [inner.trim()]));
}

/** Where the values came from, for a mistake in a value that was put together. */
export function notesOf(origins: readonly Origin[] | undefined): { message: string; span: Span }[] {
  return (origins ?? []).map(({ name, span, set }) => ({
    message: set === undefined ? `${name} is defined here` : `${name} was replaced by ${set}; the file defines it here`,
    span,
  }));
}

function interpolateString(scalar: LocatedScalar, string: string, scope: Scope): Located {
  const spans = expressionSpans(scalar, string);
  const matches = [...string.matchAll(EXPRESSION)];
  // All are evaluated, so that every mistake is reported.
  const found = matches.map(([match, inner, brace], index) => {
    if (inner === undefined) return 'literal';
    const span = spans[index] ?? scalar.span;
    const value = evaluate({ inner: inner.trim(), match, closed: brace === '}', span }, scope);
    return value && { ...value, at: span };
  });
  if (found.includes(undefined)) return broken(scalar.span);
  const [first] = found;
  if (typeof first === 'object' && !first.secret && matches[0]![0] === string) return insertWhole(first, scalar, scope);
  return insertText(scalar, string, { matches, found: found as Inserted[] }, scope);
}

type Inserted = 'literal' | (Found & { readonly at: Span });

interface Parts {
  readonly matches: readonly RegExpExecArray[];
  readonly found: readonly Inserted[];
}

function insertText(scalar: LocatedScalar, string: string, { matches, found }: Parts, scope: Scope): Located {
  // The second is without the secrets that were asked for: what still looks like one there came from elsewhere.
  let [text, others] = ['', ''];
  const origins: Origin[] = [];
  let end = 0;
  for (const [index, match] of matches.entries()) {
    const part = found[index]!;
    const inserted = textOf(part, scope);
    if (inserted === undefined) return broken(scalar.span);
    const before = string.slice(end, match.index);
    text += before + inserted;
    others += before + (typeof part === 'object' && part.secret ? '\u0000' : inserted);
    if (typeof part === 'object') origins.push(...originsOf(part));
    end = match.index + match[0].length;
    if ((scope.budget.characters -= inserted.length) < 0) return tooMuch(scalar.span, scope);
  }
  const rest = string.slice(end);
  if (refusesSecretText(others + rest, scalar.span, scope)) return broken(scalar.span);
  return { kind: 'scalar', value: text + rest, span: scalar.span, origins };
}

function textOf(part: Inserted, { report }: Scope): string | undefined {
  if (part === 'literal') return '${';
  const { value, origin, at } = part;
  if (value.kind === 'scalar' && value.value !== null) return String(value.value);
  const message = `Cannot insert ${quote(origin?.name)} into a longer string: found ${kindOf(value)}, wanted a string, number or boolean`;
  report({ code: 'param-not-text', message, span: at, notes: notesOf(origin && [origin]) });
  return undefined;
}

/** The value as if it stood where the expression stands. */
function insertWhole(found: Found, { span }: LocatedScalar, scope: Scope): Located {
  return spend(found.value, span, scope) ?? moveTo(found.value, from => ({ span, origins: originsOf(found, from) }));
}

/** Takes an inserted value off the budget; what it is replaced by when it must not be inserted. */
function spend(value: Located, span: Span, scope: Scope): Located | undefined {
  if (--scope.budget.values < 0) return tooMuch(span, scope);
  if (value.kind === 'scalar') {
    if (typeof value.value !== 'string') return undefined;
    if ((scope.budget.characters -= value.value.length) < 0) return tooMuch(span, scope);
    return refusesSecretText(value.value, span, scope) ? broken(span) : undefined;
  }
  const parts = value.kind === 'list' ? value.items : [...value.entries.values()].map(entry => entry.value);
  for (const part of parts) {
    const instead = spend(part, span, scope);
    if (instead) return instead;
  }
  return undefined;
}

/** The definition comes first; a part of it, as of a list that was replaced by an argument, has a place of its own. */
function originsOf({ value, origin }: Found, part: Located = value): Origin[] {
  const { name } = origin ?? {};
  if (name === undefined) return [...(part.origins ?? [])];
  return [...(part.origins ?? []), { name, span: part.span, ...(part.set === undefined ? {} : { set: part.set }) }];
}

/** Text from a parameter or an argument must not turn into a secret when the stage runs. */
function refusesSecretText(text: string, span: Span, { report }: Scope): boolean {
  if (!text.includes('${secret:')) return false;
  const message = 'The value holds the text "${secret:": write the expression itself under "with"';
  report({ code: 'bad-expression', message, span });
  return true;
}

function tooMuch(span: Span, { report }: Scope): never {
  const message =
    'The options of all steps together grow beyond 500000 values or 20 million characters here: insert less';
  report({ code: 'too-many-values', message, span });
  throw new GiveUp();
}

function broken(span: Span): Located {
  return { kind: 'scalar', value: null, span, broken: true };
}

/** Spans of the expressions of a string; none when escapes of a quoted string hide where they are. */
function expressionSpans({ span }: LocatedScalar, string: string): Span[] {
  const inText = [...span.source.text.slice(span.start, span.end).matchAll(EXPRESSION)];
  const inString = [...string.matchAll(EXPRESSION)];
  if (inText.length !== inString.length || inText.some((match, i) => match[0] !== inString[i]![0])) return [];
  return inText.map(({ index, 0: { length } }) => {
    const start = span.start + index;
    return { source: span.source, start, end: start + length };
  });
}
