import { quote, suggestion } from '../../../kit/text/quote';
import { EXECUTION_KEYS, NO_EXECUTION, readExecution, type Execution } from './execution';
import { emptyMap, type Located, type LocatedMap } from '../read/located';
import { NAME, NAME_RULE, STEP_ID } from '../read/names';
import type { Problem, ReportProblem, Span } from '../read/problem';
import { badName, isNothing, mapOf, MERGE_KEY, optionalMap, stringOf, unknownKey, type Word } from '../read/shape';

/** A stage entry whose shape is right; whether its words mean anything is checked with the stages at hand. */
export interface StepSpec {
  readonly id: string;
  /** Of the id. */
  readonly span: Span;
  /** Undefined when missing or of a wrong kind, which has been reported. */
  readonly uses?: Word;
  readonly in: LocatedMap;
  readonly with: LocatedMap;
  /** Undefined for a single step. */
  readonly matrix?: LocatedMap;
  readonly execution: Execution;
  /** Keys that a stage entry does not have. */
  readonly others: readonly Word[];
}

const STEP_KEYS = ['uses', 'in', 'with', 'matrix', ...EXECUTION_KEYS];

export interface StepContext {
  readonly report: ReportProblem;
  /** The file was written by `resolvedYaml`, which keeps the ids of cells and imported stages. */
  readonly resolved: boolean;
}

export function readStep(id: string, span: Span, value: Located, { report, resolved }: StepContext): StepSpec {
  if (!(resolved ? STEP_ID : NAME).test(id)) report(badName('stage id', id, NAME_RULE, span));
  const what = `stage ${quote(id)}`;
  // An empty entry misses its `uses`, which says more than that it is not a map.
  const step = isNothing(value) ? emptyMap(span) : mapOf(value, what, report);
  if (!step) return { id, span, in: emptyMap(span), with: emptyMap(span), execution: NO_EXECUTION, others: [] };
  const uses = step.entries.get('uses');
  // A merge key is reported by itself; it was meant to bring `uses`.
  if (!uses && !value.broken && !step.entries.has(MERGE_KEY)) reportMissingUses(step, what, span, report);
  const name = uses && stringOf(uses.value, `"uses" of ${what}`, report);
  const matrix = step.entries.has('matrix') ? optionalMap(step, 'matrix', `"matrix" of ${what}`, report) : undefined;
  return {
    id,
    span,
    ...(uses && name !== undefined ? { uses: { name, span: uses.value.span } } : {}),
    in: optionalMap(step, 'in', `"in" of ${what}`, report, span),
    with: optionalMap(step, 'with', `"with" of ${what}`, report, span),
    ...(matrix ? { matrix } : {}),
    execution: readExecution(step, what, report),
    others: [...step.entries]
      .filter(
        ([key]) =>
          !(STEP_KEYS.includes(key) && !(resolved && key === 'matrix')) && (uses || suggestion(key, ['uses']) === ''),
      )
      .map(([key, entry]) => ({ name: key, span: entry.key })),
  };
}

function reportMissingUses(step: LocatedMap, what: string, span: Span, report: ReportProblem): void {
  const near = [...step.entries].find(([name]) => suggestion(name, ['uses']) !== '');
  const hint = near ? ` (did you mean "uses" for ${quote(near[0])}?)` : '';
  const message = `Missing "uses" of ${what}: say which stage it is${hint}`;
  report({ code: 'missing-key', message, span: near?.[1].key ?? span });
}

export function unknownStepKey({ name, span }: Word, id: string): Problem {
  return unknownKey(name, span, `stage ${quote(id)}`, STEP_KEYS);
}
