import type { ProblemCode } from '../read/problem-codes';
import { alternatives, quote } from '../../../kit/text/quote';
import { nearby } from '../read/nearby';
import { fullBudget } from '../read/limits';
import { moveTo, type Entry, type Located, type LocatedMap } from '../read/located';
import { parseYaml } from '../read/parse';
import type { Problem, ReportProblem, Span } from '../read/problem';

/**
 * Replaces parameters by the arguments of `--set`: `seed=2`, `params.seed=2`, `teacher.epochs=3`. A value is a YAML scalar, or a list
 * or map in [ ] or { }; anything else is a string. Only what the file defines can be replaced.
 */
export function overrideParams(
  params: LocatedMap,
  set: Readonly<Record<string, string>>,
  report: ReportProblem,
): LocatedMap {
  let result = params;
  for (const [key, text] of Object.entries(set)) {
    const argument = `--set ${key}=${text}`;
    const path = key.replace(/^params\./, '').split('.');
    const problem = (code: ProblemCode, message: string): void =>
      report({ code, message, span: params.span } satisfies Problem);
    const value = parseValue(text, params.span, ({ message, isWarning }) =>
      isWarning
        ? report({ code: 'leading-zero', message: `${argument}: ${message}`, span: params.span, isWarning })
        : problem('bad-set', `Cannot read the value of ${quote(argument)}: ${message}`),
    );
    if (!value) continue;
    const unknown = (name: string, known: readonly string[]) => {
      const has = known.length === 0 ? 'the file has no such parameters' : `the file has ${alternatives(known, 'and')}`;
      problem(
        'unknown-set',
        `Cannot apply ${quote(argument)}: no parameter ${quote(name)}, ${has}${nearby(name, known)}`,
      );
    };
    const place = (span: Span) => moveTo(value, () => ({ span, set: argument }));
    result = replaceAt(result, path, place, unknown) ?? result;
  }
  return result;
}

function replaceAt(
  map: LocatedMap,
  [name = '', ...rest]: readonly string[],
  place: (span: Span) => Located,
  unknown: (name: string, known: readonly string[]) => void,
): LocatedMap | undefined {
  const entry = map.entries.get(name);
  if (!entry) {
    unknown(name, [...map.entries.keys()]);
    return undefined;
  }
  const inner = entry.value.kind === 'map' ? entry.value : { ...map, entries: new Map<string, Entry>() };
  const value = rest.length === 0 ? place(entry.value.span) : replaceAt(inner, rest, place, unknown);
  return value && { ...map, entries: new Map(map.entries).set(name, { ...entry, value }) };
}

function parseValue(text: string, span: Span, complain: (problem: Problem) => void): Located | undefined {
  if (/^\s*(null|~)\s*$/i.test(text)) return { kind: 'scalar', value: null, span };
  const mistakes: Problem[] = [];
  const report: ReportProblem = problem => (problem.isWarning ? complain(problem) : void mistakes.push(problem));
  const options = { budget: fullBudget(), report, wanted: 'it needs a value' };
  const value = text === '' ? undefined : parseYaml({ path: '--set', text }, options);
  const [mistake] = mistakes;
  if (/^\s*[[{]/.test(text) || (value?.kind === 'scalar' && mistake?.code !== 'unknown-alias')) {
    if (!mistake) return value;
    complain(mistake);
    return undefined;
  }
  // `C: drive` is a map and `*.jpg` an alias to YAML, but text to the person who typed it.
  return { kind: 'scalar', value: text, span };
}
