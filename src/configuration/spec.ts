import { alternatives, quote, suggestion } from '../util/quote';
import { emptyMap, kindOf, type Located, type LocatedMap } from './located';
import type { Problem, Report, Span } from './problem';

/** A pipeline file whose shape is right; whether its words mean anything is checked with the stages at hand. */
export interface PipelineSpec {
  readonly name: string;
  /** Undefined when the file names none. */
  readonly engine?: { readonly name: string; readonly span: Span };
  readonly params: LocatedMap;
  readonly steps: readonly StepSpec[];
}

export interface StepSpec {
  readonly id: string;
  /** Of the id. */
  readonly span: Span;
  /** Undefined when missing or of a wrong kind, which has been reported. */
  readonly uses?: { readonly name: string; readonly span: Span };
  readonly in: LocatedMap;
  readonly with: LocatedMap;
  /** Keys that a stage entry does not have. */
  readonly others: readonly { readonly name: string; readonly span: Span }[];
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const NAME_RULE = 'small letters, digits and "-", at most 64, beginning with a letter or digit';
const PARAM_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const PIPELINE_KEYS = ['name', 'description', 'engine', 'params', 'stages'];
const STEP_KEYS = ['uses', 'in', 'with'];
/** Some work grows with the square of the number of stages. */
const MAX_STAGES = 1000;

export function readSpec(root: Located, report: Report): PipelineSpec {
  const top = mapOf(root, 'a pipeline file', report);
  if (!top) return { name: '', params: emptyMap(root.span), steps: [] };
  for (const [name, { key }] of top.entries) {
    if (!PIPELINE_KEYS.includes(name)) report(unknownKey(name, key, 'a pipeline file', PIPELINE_KEYS));
  }
  const description = top.entries.get('description');
  if (description) stringOf(description.value, '"description"', report);
  return {
    name: readName(top, report),
    engine: readEngine(top, report),
    params: readParams(top, report),
    steps: readSteps(top, report),
  };
}

function readName(top: LocatedMap, report: Report): string {
  const entry = top.entries.get('name');
  if (!entry) {
    const message = 'Missing "name": give the pipeline a name, its results go to artifacts/<name>';
    report({ code: 'missing-key', message, span: firstOf(top) });
    return '';
  }
  const name = stringOf(entry.value, '"name"', report);
  if (name !== undefined && !NAME.test(name)) report(badName('pipeline name', name, NAME_RULE, entry.value.span));
  return name ?? '';
}

function readEngine(top: LocatedMap, report: Report): PipelineSpec['engine'] {
  const value = top.entries.get('engine')?.value;
  const name = value && stringOf(value, '"engine"', report);
  return value && name !== undefined ? { name, span: value.span } : undefined;
}

function readParams(top: LocatedMap, report: Report): LocatedMap {
  const params = optionalMap(top, 'params', '"params"', report);
  for (const [name, { key }] of params.entries) {
    if (!PARAM_NAME.test(name)) report(badName('parameter name', name, 'letters, digits, "_" and "-"', key));
  }
  return params;
}

function readSteps(top: LocatedMap, report: Report): StepSpec[] {
  const entry = top.entries.get('stages');
  if (!entry) {
    report({ code: 'missing-key', message: 'Missing "stages": a map from an id to a stage', span: firstOf(top) });
    return [];
  }
  const stages = optionalMap(top, 'stages', '"stages"', report);
  if (stages.entries.size === 0 && !entry.value.broken && isEmpty(entry.value)) {
    report({ code: 'empty-stages', message: 'A pipeline needs at least one stage: found none', span: entry.key });
  }
  if (stages.entries.size > MAX_STAGES) {
    const message = `A pipeline has at most ${MAX_STAGES} stages: found ${stages.entries.size}`;
    report({ code: 'too-many-stages', message, span: entry.key });
    return [];
  }
  return [...stages.entries].map(([id, { key, value }]) => readStep(id, key, value, report));
}

function readStep(id: string, span: Span, value: Located, report: Report): StepSpec {
  if (!NAME.test(id)) report(badName('stage id', id, NAME_RULE, span));
  const what = `stage ${quote(id)}`;
  // An empty entry misses its `uses`, which says more than that it is not a map.
  const step = isNothing(value) ? emptyMap(span) : mapOf(value, what, report);
  if (!step) return { id, span, in: emptyMap(span), with: emptyMap(span), others: [] };
  const uses = step.entries.get('uses');
  if (!uses && !value.broken) {
    const near = [...step.entries].find(([name]) => suggestion(name, ['uses']) !== '');
    const hint = near ? ` (did you mean "uses" for ${quote(near[0])}?)` : '';
    report({
      code: 'missing-key',
      message: `Missing "uses" of ${what}: say which stage it is${hint}`,
      span: near?.[1].key ?? span,
    });
  }
  const name = uses && stringOf(uses.value, `"uses" of ${what}`, report);
  return {
    id,
    span,
    uses: uses && name !== undefined ? { name, span: uses.value.span } : undefined,
    in: optionalMap(step, 'in', `"in" of ${what}`, report, span),
    with: optionalMap(step, 'with', `"with" of ${what}`, report, span),
    others: [...step.entries]
      .filter(([key]) => !STEP_KEYS.includes(key) && (uses || suggestion(key, ['uses']) === ''))
      .map(([key, entry]) => ({ name: key, span: entry.key })),
  };
}

/** A mistake for a key that the reader does not know. */
export function unknownKey(name: string, span: Span, where: string, known: readonly string[]): Problem {
  const message = `Unknown key ${quote(name)} in ${where}: use ${alternatives(known)}${suggestion(name, known)}`;
  return { code: 'unknown-key', message, span };
}

export function unknownStepKey({ name, span }: { name: string; span: Span }, id: string): Problem {
  return unknownKey(name, span, `stage ${quote(id)}`, STEP_KEYS);
}

/** The map under a key; empty when there is none, when it is left blank, and when it is something else (reported). */
function optionalMap(
  from: LocatedMap,
  key: string,
  what: string,
  report: Report,
  absent: Span = from.span,
): LocatedMap {
  const entry = from.entries.get(key);
  if (!entry) return emptyMap(absent);
  const map = isNothing(entry.value) ? undefined : mapOf(entry.value, what, report);
  // Mistakes of the block as a whole are shown at its key.
  return { ...(map ?? emptyMap(entry.key)), span: entry.key, ...(entry.value.broken ? { broken: true } : {}) };
}

function mapOf(value: Located, what: string, report: Report): LocatedMap | undefined {
  if (value.kind === 'map') return value;
  if (!value.broken) report(wrongKind(value, what, 'a map'));
  return undefined;
}

function stringOf(value: Located, what: string, report: Report): string | undefined {
  if (value.kind === 'scalar' && typeof value.value === 'string') return value.value;
  if (!value.broken) report(wrongKind(value, what, 'a string'));
  return undefined;
}

function wrongKind(value: Located, what: string, wanted: string): Problem {
  return {
    code: 'wrong-kind',
    message: `Cannot read ${what}: found ${kindOf(value)}, wanted ${wanted}`,
    span: value.span,
  };
}

function badName(what: string, name: string, rule: string, span: Span): Problem {
  return { code: 'bad-name', message: `Cannot use ${quote(name)} as a ${what}: wanted ${rule}`, span };
}

function isNothing(value: Located): boolean {
  return value.kind === 'scalar' && value.value === null && !value.broken;
}

function isEmpty(value: Located): boolean {
  return isNothing(value) || (value.kind === 'map' && value.entries.size === 0);
}

function firstOf(map: LocatedMap): Span {
  return map.entries.values().next().value?.key ?? map.span;
}
