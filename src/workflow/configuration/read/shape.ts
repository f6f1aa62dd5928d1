import { alternativesTo, quote } from '../../../kit/text/quote';
import { emptyMap, kindOf, type Located, type LocatedMap } from './located';
import type { Problem, ReportProblem, Span } from './problem';

/** A word of a file and where it stands. */
export interface Word {
  readonly name: string;
  readonly span: Span;
}

/** YAML 1.1 lays another map under the one that has this key; in YAML 1.2 it is a key like any other. */
export const MERGE_KEY = '<<';
export const MERGE_KEY_RULE =
  'merge keys of YAML are not read here; share values with "params" and "${params.<name>}", or whole stages with "extends"';

/** The map under a key; empty when there is none, when it is left blank, and when it is something else (reported). */
export function optionalMap(
  from: LocatedMap,
  key: string,
  what: string,
  report: ReportProblem,
  absent: Span = from.span,
): LocatedMap {
  const entry = from.entries.get(key);
  if (!entry) return emptyMap(absent);
  const map = isNothing(entry.value) ? emptyMap(entry.key) : mapOf(entry.value, what, report);
  // Mistakes of the block as a whole are shown at its key.
  return map ? { ...map, span: entry.key } : { ...emptyMap(entry.key), broken: true };
}

export function mapOf(value: Located, what: string, report: ReportProblem, wanted = 'a map'): LocatedMap | undefined {
  if (value.kind === 'map') return value;
  if (!value.broken) report(wrongKind(value, what, wanted));
  return undefined;
}

export function stringOf(value: Located, what: string, report: ReportProblem, wanted = 'a string'): string | undefined {
  if (value.kind === 'scalar' && typeof value.value === 'string') return value.value;
  if (!value.broken) report(wrongKind(value, what, wanted));
  return undefined;
}

/** The strings of a list under a key; none when there is no such key or it is left blank. */
export function stringsOf(from: LocatedMap, key: string, what: string, report: ReportProblem): Word[] {
  const value = from.entries.get(key)?.value;
  if (!value || isNothing(value)) return [];
  if (value.kind !== 'list') {
    if (!value.broken) report(wrongKind(value, what, 'a list of strings'));
    return [];
  }
  return value.items.flatMap(item => {
    const name = stringOf(item, `an item of ${what}`, report);
    return name === undefined ? [] : [{ name, span: item.span }];
  });
}

/** Reports the keys of a map that are not among those known. */
export function refuseOtherKeys(map: LocatedMap, known: readonly string[], where: string, report: ReportProblem): void {
  for (const [name, { key }] of map.entries) {
    if (!known.includes(name)) report(unknownKey(name, key, where, known));
  }
}

/** A mistake for a key that the reader does not know. */
export function unknownKey(name: string, span: Span, where: string, known: readonly string[]): Problem {
  const wanted = name === MERGE_KEY ? MERGE_KEY_RULE : `use ${alternativesTo(name, known)}`;
  const message = `Unknown key ${quote(name)} in ${where}: ${wanted}`;
  return { code: 'unknown-key', message, span };
}

export function wrongKind(value: Located, what: string, wanted: string): Problem {
  const message = `Cannot read ${what}: found ${kindOf(value)}, wanted ${wanted}`;
  return { code: 'wrong-kind', message, span: value.span };
}

export function badName(what: string, name: string, rule: string, span: Span): Problem {
  const wanted = name === MERGE_KEY ? MERGE_KEY_RULE : `wanted ${rule}`;
  return { code: 'bad-name', message: `Cannot use ${quote(name)} as a ${what}: ${wanted}`, span };
}

export function isNothing(value: Located): boolean {
  return value.kind === 'scalar' && value.value === null && !value.broken;
}

/** Where a mistake of a map as a whole is shown: its first key. */
export function firstOf(map: LocatedMap): Span {
  return map.entries.values().next().value?.key ?? map.span;
}
