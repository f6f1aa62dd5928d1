import { resolve } from 'node:path';
import type { AnyStage } from '../stage';
import { alternatives, quote, suggestion } from '../util/quote';
import { checkOptions } from './check-options';
import type { CheckedPipeline, CheckedStep } from './checked-pipeline';
import { connect, toInputs, type Connections, type KnownStep } from './connect';
import { toDiagnostics, type Diagnostic } from './diagnostics';
import { interpolateMap } from './interpolate';
import { toRecord } from './located';
import { orderSteps } from './order';
import { overrideParams } from './override-params';
import { parseYaml } from './parse';
import { positionsIn, withoutByteOrderMark } from './positions';
import type { Problem, Report, Span } from './problem';
import { readSpec, unknownStepKey, type StepSpec } from './spec';

export interface LoadOptions {
  /** Path of the pipeline file. */
  readonly file: string;
  /** Its content. */
  readonly text: string;
  /** Every stage there is, by name. */
  readonly stages: Readonly<Record<string, AnyStage>>;
  /** What `engine` may say; anything unless given. */
  readonly engines?: readonly string[];
  /** Parameters to replace, as typed: `{seed: '2'}` for `--set seed=2`. */
  readonly set: Readonly<Record<string, string>>;
  /** Working directory, absolute; `input-path` options are relative to it. */
  readonly cwd: string;
  /** Whether a path is on disk. */
  readonly exists: (path: string) => boolean;
}

export type LoadResult =
  | { readonly ok: true; readonly pipeline: CheckedPipeline }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Checks a pipeline file from end to end. A function of its arguments; all mistakes come in one go, in the order of the file. */
export function loadPipeline({ file, text: bytes, stages, engines, set, cwd, exists }: LoadOptions): LoadResult {
  const text = withoutByteOrderMark(bytes);
  const problems: Problem[] = [];
  const report: Report = problem => void problems.push(problem);
  const root = parseYaml(text, report);
  if (!root) return { ok: false, diagnostics: toDiagnostics(problems, text) };

  const spec = readSpec(root, report);
  if (spec.engine && engines) checkEngine(spec.engine, engines, report);
  const defined = interpolateMap(spec.params, { params: undefined, text, report });
  const params = overrideParams(defined, set, report);
  const known = new Map(spec.steps.map(step => [step.id, knownStep(step, stages, report)]));
  const connections = new Map([...known].map(([id, step]) => [id, connect(step, known, report)]));
  const lines = positionsIn(text);
  const checked = new Map<string, CheckedStep>();
  for (const [id, step] of known) {
    const values = interpolateMap(step.spec.with, { params, text, report });
    if (!step.stage) continue;
    const options = checkOptions(step.spec, step.stage, values, { cwd, exists }, report);
    const { line, column } = lines(step.spec.span.start);
    const place = { file: resolve(cwd, file), line, column, text: id };
    const common = { resources: {}, retry: { times: 0, delay: 1 }, env: {}, place, placesOf: () => [] };
    checked.set(id, { id, stage: step.stage, options, inputs: toInputs(connections.get(id)!), ...common });
  }
  const order = orderSteps(needsOf(connections), report);

  if (problems.length > 0) return { ok: false, diagnostics: toDiagnostics(problems, text) };
  return {
    ok: true,
    pipeline: {
      name: spec.name,
      file: resolve(cwd, file),
      ...(spec.engine && { engine: spec.engine.name }),
      steps: order.map(id => checked.get(id)!),
      sources: [{ path: resolve(cwd, file), text: bytes }],
      profiles: [],
      params: toRecord(params),
      secrets: {},
    },
  };
}

function checkEngine({ name, span }: { name: string; span: Span }, engines: readonly string[], report: Report): void {
  if (engines.includes(name)) return;
  const message = `Unknown engine ${quote(name)}: use ${alternatives(engines)}${suggestion(name, engines)}`;
  report({ code: 'unknown-engine', message, span });
}

function knownStep(spec: StepSpec, stages: Readonly<Record<string, AnyStage>>, report: Report): KnownStep {
  const stage = spec.uses && Object.hasOwn(stages, spec.uses.name) ? stages[spec.uses.name] : undefined;
  if (spec.uses && !stage) {
    const { name, span } = spec.uses;
    const names = Object.keys(stages);
    const message = `Unknown stage ${quote(name)}: use ${alternatives(names)}${suggestion(name, names)}`;
    report({ code: 'unknown-stage', message, span });
  }
  for (const other of spec.others) report(otherKey(other, spec.id, stage));
  return { spec, stage };
}

/** Options and inputs that were written one level too high are the likely mistake. */
function otherKey(other: StepSpec['others'][number], id: string, stage: AnyStage | undefined): Problem {
  const problem = unknownStepKey(other, id);
  const block = (
    [
      ['with', stage?.options.properties],
      ['in', stage?.inputs],
    ] as const
  ).find(([, names]) => names && Object.hasOwn(names, other.name))?.[0];
  if (!block || !stage) return problem;
  const kind = block === 'with' ? 'an option' : 'an input';
  return {
    ...problem,
    message: `Unknown key ${quote(other.name)} in stage ${quote(id)}: it is ${kind} of ${stage.name}, put it under "${block}"`,
  };
}

function needsOf(connections: ReadonlyMap<string, Connections>) {
  return new Map([...connections].map(([id, ports]) => [id, [...ports.values()].flat()]));
}
