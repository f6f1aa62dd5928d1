import type { ProblemCode } from '../read/problem-codes';
import { quote } from '../../../kit/text/quote';
import { DURATION_RULE, formatDuration, parseDuration, parseSize, SIZE_RULE } from '../../../kit/text/units';
import type { Limits, Resources, Retry } from '../checked-pipeline';
import { toJson, type Located, type LocatedMap } from '../read/located';
import type { ReportProblem } from '../read/problem';
import { badName, isNothing, mapOf, refuseOtherKeys, stringsOf, type Word } from '../read/shape';
import { VARIABLE_NAME, VARIABLE_RULE } from '../read/names';

/** How a stage is run; nothing of it but `env` can change what comes out. */
export interface Execution {
  readonly resources: Resources;
  readonly retry: Retry;
  /** Seconds. */
  readonly timeout?: number;
  readonly limits: Limits;
  /** Names of variables, each once. */
  readonly env: readonly Word[];
}

export const EXECUTION_KEYS = ['resources', 'retry', 'timeout', 'limits', 'env'];
const RESOURCE_KEYS = ['cpu', 'memory', 'gpu'];
const LIMIT_KEYS = ['memory'];
const RETRY_KEYS = ['times', 'delay'];
export const MAX_CPU = 1024;
export const MAX_GPU = 64;
export const MAX_RETRIES = 100;
/** Timers of Node count milliseconds in 31 bits. */
const MAX_SECONDS = 24 * 86_400;
const SHORTEST_TIMEOUT = 0.001;
/** 9000TB: a double holds every whole number up to there. */
const MOST_BYTES = 9e15;
const DEFAULT_DELAY = 1;

export const NO_EXECUTION: Execution = {
  resources: {},
  retry: { times: 0, delay: DEFAULT_DELAY },
  limits: {},
  env: [],
};

/** Reads what a stage entry says about how it is run; mistakes are reported and left out. */
export function readExecution(step: LocatedMap, what: string, report: ReportProblem): Execution {
  const timeout = step.entries.get('timeout')?.value;
  const seconds = timeout && readDuration(timeout, `"timeout" of ${what}`, report, SHORTEST_TIMEOUT);
  return {
    resources: readResources(step.entries.get('resources')?.value, what, report),
    retry: readRetry(step.entries.get('retry')?.value, what, report),
    ...(seconds === undefined ? {} : { timeout: seconds }),
    limits: readLimits(step, `"limits" of ${what}`, report),
    env: readVariables(step, `"env" of ${what}`, report),
  };
}

/** What stands under `limits` of a stage, or of a file for all its stages. */
export function readLimits(from: LocatedMap, what: string, report: ReportProblem): Limits {
  const value = from.entries.get('limits')?.value;
  const map = value && !isNothing(value) && mapOf(value, what, report, 'a map such as {memory: 12GB}');
  if (!map) return {};
  refuseOtherKeys(map, LIMIT_KEYS, what, report);
  const memory = map.entries.get('memory')?.value;
  const bytes = memory && readSize(memory, `"memory" of ${what}`, report);
  return bytes === undefined ? {} : { memory: bytes };
}

/** The names of variables under `env` or `secrets`. */
export function readVariables(from: LocatedMap, what: string, report: ReportProblem, key = 'env'): Word[] {
  const words = new Map<string, Word>();
  for (const word of stringsOf(from, key, what, report)) {
    if (VARIABLE_NAME.test(word.name)) words.set(word.name, word);
    else report(badName('name of a variable', word.name, VARIABLE_RULE, word.span));
  }
  return [...words.values()];
}

function readResources(value: Located | undefined, what: string, report: ReportProblem): Resources {
  if (!value || isNothing(value)) return {};
  const map = mapOf(value, `"resources" of ${what}`, report, 'a map such as {cpu: 2, memory: 4GB, gpu: 1}');
  if (!map) return {};
  refuseOtherKeys(map, RESOURCE_KEYS, `"resources" of ${what}`, report);
  const part = <T>(name: string, read: (value: Located, what: string) => T | undefined): Record<string, T> => {
    const found = map.entries.get(name);
    const result = found && read(found.value, `"${name}" of ${what}`);
    return result === undefined ? {} : { [name]: result };
  };
  return {
    ...part('cpu', (cpu, name) => readNumber(cpu, name, { above: 0, most: MAX_CPU, whole: false }, report)),
    ...part('memory', (memory, name) => readSize(memory, name, report)),
    ...part('gpu', (gpu, name) => readNumber(gpu, name, { above: -1, most: MAX_GPU, whole: true }, report)),
  };
}

function readRetry(value: Located | undefined, what: string, report: ReportProblem): Retry {
  const retry = { times: 0, delay: DEFAULT_DELAY };
  if (!value || isNothing(value)) return retry;
  const range = { above: -1, most: MAX_RETRIES, whole: true };
  const name = `"retry" of ${what}`;
  if (value.kind === 'scalar' && typeof value.value === 'number') {
    return { ...retry, times: readNumber(value, name, range, report) ?? 0 };
  }
  const map = mapOf(value, name, report, 'a number of times, or a map such as {times: 2, delay: 5s}');
  if (!map) return retry;
  refuseOtherKeys(map, RETRY_KEYS, name, report);
  const [times, delay] = RETRY_KEYS.map(key => map.entries.get(key)?.value);
  return {
    // Who names a delay only wants to try again.
    times: times ? (readNumber(times, `"times" of ${name}`, range, report) ?? 0) : 1,
    delay: (delay && readDuration(delay, `"delay" of ${name}`, report)) ?? DEFAULT_DELAY,
  };
}

function readDuration(value: Located, what: string, report: ReportProblem, least = 0): number | undefined {
  const rule = `${DURATION_RULE}, from ${formatDuration(least)} to ${formatDuration(MAX_SECONDS)}`;
  const amount: Amount = { parse: parseDuration, least, most: MAX_SECONDS, unit: 's', code: 'bad-duration', rule };
  return readAmount(value, what, amount, report);
}

function readSize(value: Located, what: string, report: ReportProblem): number | undefined {
  const rule = `${SIZE_RULE}, from 1B to 9000TB`;
  const amount: Amount = { parse: parseSize, least: 1, most: MOST_BYTES, unit: 'GB', code: 'bad-size', rule };
  return readAmount(value, what, amount, report);
}

interface Amount {
  readonly parse: (text: string) => number | undefined;
  readonly least: number;
  readonly most: number;
  /** What a person who wrote a bare number is likely to mean. */
  readonly unit: string;
  readonly code: ProblemCode;
  readonly rule: string;
}

function readAmount(value: Located, what: string, amount: Amount, report: ReportProblem): number | undefined {
  const { parse, least, most, unit, code, rule } = amount;
  const inRange = (text: string): number | undefined => {
    const number = parse(text);
    return number !== undefined && number >= least && number <= most ? number : undefined;
  };
  const given = value.kind === 'scalar' ? value.value : null;
  const read = typeof given === 'string' ? inRange(given) : undefined;
  if (read !== undefined || value.broken) return read;
  const guess = typeof given === 'number' ? `${given}${unit}` : '';
  const hint = inRange(guess) === undefined ? '' : ` (did you mean ${guess}?)`;
  refuse(code, value, what, rule + hint, report);
  return undefined;
}

interface Range {
  readonly above: number;
  readonly most: number;
  readonly whole: boolean;
}

function readNumber(
  value: Located,
  what: string,
  { above, most, whole }: Range,
  report: ReportProblem,
): number | undefined {
  const number = value.kind === 'scalar' && typeof value.value === 'number' ? value.value : NaN;
  if (number > above && number <= most && (!whole || Number.isInteger(number))) return number;
  const wanted = whole ? `a whole number from ${above + 1} to ${most}` : `a number above ${above}, at most ${most}`;
  if (!value.broken) refuse('bad-number', value, what, wanted, report);
  return undefined;
}

function refuse(code: ProblemCode, value: Located, what: string, wanted: string, report: ReportProblem): void {
  const message = `Cannot use ${quote(toJson(value))} as ${what}: wanted ${wanted}`;
  report({ code, message, span: value.span });
}
