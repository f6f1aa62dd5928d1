import { alternatives, quote, suggestion } from '../../../kit/text/quote';
import { cellNames } from './cell-names';
import { MAX_STEPS } from '../read/limits';
import { kindOf, toJson, type Entry, type Located, type LocatedList, type LocatedMap } from '../read/located';
import { PARAM_NAME, PARAM_RULE } from '../read/names';
import type { Problem, ReportProblem, Span } from '../read/problem';
import { badName, mapOf, wrongKind } from '../read/shape';

/** One point of a matrix. */
export interface Cell {
  /** `seed=1,weight=0`; empty for a stage without a matrix. */
  readonly name: string;
  /** By key, scalars. */
  readonly values: LocatedMap;
}

const RESERVED_KEYS = ['like', 'exclude', 'include'];
/** Entries of `exclude`: each is compared with every cell. */
const MAX_EXCLUDED = 200;
/** A matrix of more keys than this has names that nobody can read. */
const MAX_KEYS = 16;
const LONGEST_VALUE = 200;

/**
 * The cells of a `matrix` block in the order of its keys, the last one running fastest, then those of `include`. None when something is wrong
 * (reported).
 */
export function readMatrix(matrix: LocatedMap, id: string, tell: ReportProblem): Cell[] {
  let isWrong = isBroken(matrix);
  const report: ReportProblem = problem => {
    isWrong = true;
    tell(problem);
  };
  const what = `"matrix" of stage ${quote(id)}`;
  const axes = readAxes(matrix, what, report);
  const included = readEntries(matrix, 'include', what, report);
  const keys = axes.length > 0 ? axes.map(({ key }) => key) : [...(included[0]?.entries.keys() ?? [])];
  if (keys.length === 0 || keys.length > MAX_KEYS) {
    if (!isWrong) report(wrongKeys(keys.length, what, matrix.span));
    return [];
  }
  const size = matrixSize(matrix);
  if (size > MAX_STEPS) {
    const message = `${what} expands to ${size} steps: at most ${MAX_STEPS} are possible`;
    report({ code: 'too-many-stages', message, span: matrix.span });
    return [];
  }
  const excluded = readEntries(matrix, 'exclude', what, report);
  for (const entry of [...included, ...excluded]) checkKeys(entry, keys, what, report);
  for (const entry of included) checkComplete(entry, keys, what, report);
  // Values that are none can be as large as the file, and there can be many cells.
  if (isWrong) return [];
  const all = axes.length === 0 ? [] : product(axes, matrix);
  const kept = all.filter(cell => !excluded.some(entry => agrees(cell, entry)));
  warnOfIdle(excluded, all, what, tell);
  const cells = [...kept, ...included.map(entry => inOrder(entry, keys))];
  if (cells.length === 0)
    report({ code: 'bad-matrix', message: `${what} has no cells: "exclude" leaves none`, span: matrix.span });
  refuseTwins(cells, what, report);
  const names = cellNames(cells);
  return cells.map((values, index) => ({ name: names[index]!, values }));
}

/** How many cells a matrix has before any is excluded; 1 without a matrix. */
export function matrixSize(matrix: LocatedMap | undefined): number {
  if (!matrix) return 1;
  const lists = [...matrix.entries].filter(([key]) => !RESERVED_KEYS.includes(key));
  const length = (value: Located | undefined) => (value?.kind === 'list' ? value.items.length : 0);
  const size = lists.reduce((product, [, { value }]) => product * length(value), lists.length === 0 ? 0 : 1);
  return size + length(matrix.entries.get('include')?.value);
}

/** The stage whose cells a matrix shares: `{like: student}`; undefined when it has cells of its own. */
export function likeOf(
  matrix: LocatedMap,
  id: string,
  report: ReportProblem,
): { name: string; span: Span } | undefined {
  const value = matrix.entries.get('like')?.value;
  if (!value) return undefined;
  const others = [...matrix.entries.keys()].filter(key => key !== 'like');
  if (others.length > 0) {
    const message = `"matrix" of stage ${quote(id)} has ${alternatives(others, 'and')} beside "like": the cells are those of the other stage, change them there`;
    report({ code: 'bad-matrix', message, span: matrix.span });
  }
  if (value.kind === 'scalar' && typeof value.value === 'string') return { name: value.value, span: value.span };
  if (!value.broken) report(wrongKind(value, `"like" of stage ${quote(id)}`, 'the id of a stage'));
  return { name: '', span: value.span };
}

interface Axis {
  readonly key: string;
  readonly span: Span;
  readonly values: LocatedList;
}

function readAxes(matrix: LocatedMap, what: string, report: ReportProblem): Axis[] {
  return [...matrix.entries].flatMap(([key, { key: span, value }]): Axis[] => {
    if (RESERVED_KEYS.includes(key)) return [];
    if (!PARAM_NAME.test(key)) report(badName('key of a matrix', key, PARAM_RULE, span));
    if (value.kind !== 'list') {
      if (!value.broken) report(wrongKind(value, `${quote(key)} in ${what}`, 'a list of values'));
      return [];
    }
    if (value.items.length === 0) {
      report({
        code: 'bad-matrix',
        message: `${quote(key)} in ${what} has no values: give at least one`,
        span: value.span,
      });
    }
    for (const item of value.items) checkValue(item, key, what, report);
    return [{ key, span, values: value }];
  });
}

function readEntries(matrix: LocatedMap, name: string, what: string, report: ReportProblem): LocatedMap[] {
  const value = matrix.entries.get(name)?.value;
  if (!value) return [];
  if (value.kind !== 'list') {
    if (!value.broken) report(wrongKind(value, `${quote(name)} in ${what}`, 'a list of maps such as [{seed: 1}]'));
    return [];
  }
  if (name === 'exclude' && value.items.length > MAX_EXCLUDED) {
    const message = `"exclude" in ${what} has ${value.items.length} entries, at most ${MAX_EXCLUDED} are compared: list the cells that you want under "include"`;
    report({ code: 'bad-matrix', message, span: value.span });
    return [];
  }
  return value.items.flatMap(item => mapOf(item, `an entry of ${quote(name)} in ${what}`, report) ?? []);
}

function checkKeys(entry: LocatedMap, keys: readonly string[], what: string, report: ReportProblem): void {
  for (const [key, { key: span, value }] of entry.entries) {
    if (keys.includes(key)) checkValue(value, key, what, report);
    else {
      const message = `Unknown key ${quote(key)} in ${what}: it has ${alternatives(keys, 'and')}${suggestion(key, keys)}`;
      report({ code: 'unknown-matrix-key', message, span });
    }
  }
}

function checkComplete(entry: LocatedMap, keys: readonly string[], what: string, report: ReportProblem): void {
  const missing = keys.filter(key => !entry.entries.has(key));
  if (missing.length === 0) return;
  const message = `An entry of "include" in ${what} is a whole cell: add ${alternatives(missing, 'and')}`;
  report({ code: 'bad-matrix', message, span: entry.span });
}

function checkValue(value: Located, key: string, what: string, report: ReportProblem): void {
  if (value.broken) return;
  if (value.kind === 'scalar' && value.value !== null) {
    if (String(value.value).length <= LONGEST_VALUE) return;
    const message = `A value of ${quote(key)} in ${what} is longer than ${LONGEST_VALUE} characters: name it under "params" and give the name`;
    report({ code: 'bad-matrix', message, span: value.span });
    return;
  }
  const message = `Cannot use ${kindOf(value)} for ${quote(key)} in ${what}: wanted a string, number, true or false`;
  report({ code: 'bad-matrix', message, span: value.span });
}

function product(axes: readonly Axis[], { span }: LocatedMap): LocatedMap[] {
  let cells: [string, Entry][][] = [[]];
  for (const { key, span: place, values } of axes) {
    cells = cells.flatMap(cell =>
      values.items.map(value => [...cell, [key, { key: place, value }] as [string, Entry]]),
    );
  }
  return cells.map(entries => ({ kind: 'map', entries: new Map(entries), span }));
}

function inOrder(entry: LocatedMap, keys: readonly string[]): LocatedMap {
  const entries = keys.flatMap(key => (entry.entries.has(key) ? [[key, entry.entries.get(key)!] as const] : []));
  return { ...entry, entries: new Map(entries) };
}

function agrees(cell: LocatedMap, entry: LocatedMap, isSame = (a: unknown, b: unknown) => a === b): boolean {
  return [...entry.entries].every(([key, { value }]) => {
    const own = cell.entries.get(key)?.value;
    return own?.kind === 'scalar' && value.kind === 'scalar' && isSame(own.value, value.value);
  });
}

/** A profile may leave an axis fewer values than `exclude` has entries for, so that this is no mistake. */
function warnOfIdle(
  excluded: readonly LocatedMap[],
  cells: readonly LocatedMap[],
  what: string,
  tell: ReportProblem,
): void {
  for (const entry of excluded) {
    if (cells.some(cell => agrees(cell, entry))) continue;
    const looksAlike = cells.some(cell => agrees(cell, entry, (a, b) => String(a) === String(b)));
    const why = looksAlike ? '; text is never equal to a number, nor to true or false: see the quotes' : '';
    const has = `no combination of the lists has ${quote(namedCell(entry))}`;
    const message = `"exclude" in ${what} leaves out nothing here: ${has}${why}`;
    tell({ code: 'idle-exclude', message, span: entry.span, isWarning: true });
  }
}

function refuseTwins(cells: readonly LocatedMap[], what: string, report: ReportProblem): void {
  const seen = new Set<string>();
  for (const cell of cells) {
    const text = JSON.stringify([...cell.entries].map(([key, { value }]) => [key, toJson(value)]));
    const message = `${what} has the cell ${quote(namedCell(cell))} twice`;
    if (seen.has(text)) report({ code: 'bad-matrix', message, span: cell.span });
    seen.add(text);
  }
}

/** `seed=1,weight=0`, as a person wrote the values: ids of steps have other characters, and may be cut. */
function namedCell(cell: LocatedMap): string {
  const text = (value: Located): string => (value.kind === 'scalar' ? String(value.value) : '');
  return [...cell.entries].map(([key, { value }]) => `${key}=${text(value)}`).join(',');
}

function wrongKeys(count: number, what: string, span: Span): Problem {
  const wanted =
    count === 0
      ? 'give at least one key with a list of values'
      : `at most ${MAX_KEYS} keys can be read, found ${count}`;
  return { code: 'bad-matrix', message: `${what} has no cells: ${wanted}`, span };
}

/** A mistake in any part has been reported. */
function isBroken(value: Located): boolean {
  if (value.broken) return true;
  if (value.kind === 'list') return value.items.some(isBroken);
  return value.kind === 'map' && [...value.entries.values()].some(entry => isBroken(entry.value));
}
