import { alternatives, quote, suggestion } from '../util/quote';
import { kindOf, moveTo, type Entry, type Located, type LocatedMap, type LocatedScalar, type Origin } from './located';
import type { Report, Span } from './problem';

/** `$${` is a literal `${`; an expression ends at the next brace. */
const EXPRESSION = /\$\$\{|\$\{([^}]*)(\}?)/g;

export interface InterpolationContext {
  /** Undefined where expressions are not allowed: inside the parameters themselves. */
  readonly params: LocatedMap | undefined;
  /** Text of the file, to find an expression inside the quotes and line breaks of a string. */
  readonly text: string;
  readonly report: Report;
}

/**
 * Replaces `${params.x}` in every string: one that is nothing else takes the type of the parameter, in a longer one the value is
 * inserted as text.
 */
export function interpolate(value: Located, context: InterpolationContext): Located {
  if (value.kind === 'list') return { ...value, items: value.items.map(item => interpolate(item, context)) };
  if (value.kind === 'map') return interpolateMap(value, context);
  if (typeof value.value !== 'string' || !value.value.includes('${')) return value;
  return interpolateString(value, value.value, context);
}

export function interpolateMap(map: LocatedMap, context: InterpolationContext): LocatedMap {
  const entries = [...map.entries].map(
    ([name, entry]) => [name, { ...entry, value: interpolate(entry.value, context) }] as const,
  );
  return { ...map, entries: new Map(entries) };
}

function interpolateString(scalar: LocatedScalar, string: string, context: InterpolationContext): Located {
  const spans = expressionSpans(scalar, string, context.text);
  const origins: Origin[] = [];
  const broken = { found: false };
  let index = 0;
  let whole: Located | undefined;
  const replaced = string.replace(EXPRESSION, (match: string, inner: string | undefined, brace: string | undefined) => {
    const span = spans[index++] ?? scalar.span;
    if (inner === undefined) return '${';
    const found = evaluate({ inner: inner.trim(), match, closed: brace === '}', span }, context);
    if (!found) {
      broken.found = true;
      return match;
    }
    origins.push(found.origin);
    if (match === string) {
      whole = moveTo(found.value, from => ({ span: scalar.span, origins: [{ ...found.origin, span: from.span }] }));
      return match;
    }
    const { value } = found;
    if (value.kind === 'scalar' && value.value !== null) return String(value.value);
    broken.found = true;
    const message = `Cannot insert ${quote(found.origin.param)} into a longer string: found ${kindOf(value)}, wanted a string, number or boolean`;
    context.report({ code: 'param-not-text', message, span, notes: notesOf([found.origin]) });
    return match;
  });
  if (broken.found) return { kind: 'scalar', value: null, span: scalar.span, broken: true };
  return whole ?? { kind: 'scalar', value: replaced, span: scalar.span, origins };
}

interface Expression {
  readonly inner: string;
  readonly match: string;
  readonly closed: boolean;
  readonly span: Span;
}

function evaluate(
  { inner, match, closed, span }: Expression,
  { params, report }: InterpolationContext,
): { value: Located; origin: Origin } | undefined {
  if (!params) {
    const message = `Cannot use ${quote(match)} inside "params": a parameter cannot refer to another; "$\${" stands for a literal "\${"`;
    report({ code: 'bad-expression', message, span });
    return undefined;
  }
  const [head, ...path] = inner.split('.');
  if (!closed || head !== 'params' || path.length === 0 || path.includes('')) {
    const reason = closed ? 'wanted "${params.<name>}"' : 'the closing "}" is missing';
    const near = params.entries.has(inner) ? ` (did you mean ${quote(`\${params.${inner}}`)}?)` : '';
    const message = `Cannot read the expression ${quote(match)}: ${reason}; "$\${" stands for a literal "\${"${near}`;
    report({ code: 'bad-expression', message, span });
    return undefined;
  }
  let value: Located = params;
  for (const [depth, name] of path.entries()) {
    const entry: Entry | undefined = value.kind === 'map' ? value.entries.get(name) : undefined;
    if (!entry) {
      if (value.broken) return undefined;
      const before = ['params', ...path.slice(0, depth)].join('.');
      report({
        code: 'unknown-param',
        message: unknownParam(name, before, value),
        span: nameSpan(span, match, path, depth),
      });
      return undefined;
    }
    value = entry.value;
  }
  if (value.broken) return undefined;
  return { value, origin: { param: inner, span: value.span, ...(value.set === undefined ? {} : { set: value.set }) } };
}

function unknownParam(name: string, before: string, within: Located): string {
  if (within.kind !== 'map') return `Unknown parameter ${quote(name)}: ${before} is ${kindOf(within)}, not a map`;
  const known = [...within.entries.keys()];
  if (known.length === 0) return `Unknown parameter ${quote(name)}: ${before} is empty`;
  return `Unknown parameter ${quote(name)}: ${before} has ${alternatives(known, 'and')}${suggestion(name, known)}`;
}

/** Of one name in `${params.a.b}`, when the expression was found in the file as it is written. */
function nameSpan(span: Span, match: string, path: readonly string[], depth: number): Span {
  if (span.end - span.start !== match.length) return span;
  const start = span.start + match.indexOf('params') + ['params', ...path.slice(0, depth)].join('.').length + 1;
  return { start, end: start + path[depth]!.length };
}

/** Spans of the expressions of a string; none when escapes of a quoted string hide where they are. */
function expressionSpans(scalar: LocatedScalar, string: string, text: string): Span[] {
  const inText = [...text.slice(scalar.span.start, scalar.span.end).matchAll(EXPRESSION)];
  const inString = [...string.matchAll(EXPRESSION)];
  if (inText.length !== inString.length || inText.some((match, i) => match[0] !== inString[i]![0])) return [];
  return inText.map(({ index, 0: { length } }) => ({
    start: scalar.span.start + index,
    end: scalar.span.start + index + length,
  }));
}

/** Where the values came from, for a mistake in a value that was put together. */
export function notesOf(origins: readonly Origin[] | undefined): { message: string; span: Span }[] {
  return (origins ?? []).map(({ param, span, set }) => ({
    message:
      set === undefined ? `${param} is defined here` : `${param} was replaced by ${set}; the file defines it here`,
    span,
  }));
}
