import { resolve } from 'node:path';
import type { AnyStage } from '../../stage';
import { alternativesTo, quote } from '../../kit/text/quote';
import { checkSteps } from './check/check-steps';
import type { CheckedPipeline } from './checked-pipeline';
import { toDiagnostics, type Diagnostic } from './read/diagnostics';
import type { Disk } from './read/disk';
import { variableOf } from './compose/expression';
import { openFiles, type Files } from './read/files';
import { fullExpansionBudget } from './read/limits';
import { toRecord } from './read/located';
import { readMainModule, type Module } from './compose/modules';
import { collectProblems, GiveUp, type Problem, type ReportProblem } from './read/problem';
import { openRoots } from './check/roots';
import type { Word } from './read/shape';

export interface LoadOptions {
  /** Path of the pipeline file. */
  readonly file: string;
  /** Every stage there is, by name. */
  readonly stages: Readonly<Record<string, AnyStage>>;
  /** Values that `engine` may have; by default, any. */
  readonly engines?: readonly string[];
  /** Parameters to replace, as typed: `{seed: '2'}` for `--set seed=2`. */
  readonly set: Readonly<Record<string, string>>;
  /** Names of profiles to lay over the file, in order. */
  readonly profiles?: readonly string[];
  /** Working directory, absolute; `input-path` options and roots are relative to it. */
  readonly cwd: string;
  /** Environment for `${env:NAME}` and `${secret:NAME}`; of it, only what files declare is looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly disk: Disk;
}

export type LoadResult =
  | { readonly ok: true; readonly pipeline: CheckedPipeline; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Checks a pipeline file, with all that it extends and imports, from end to end. A function of its arguments; all mistakes come in one go, file
 * by file and each from the top.
 */
export function loadPipeline(options: LoadOptions): LoadResult {
  const { problems, report } = collectProblems();
  const { cwd, disk } = options;
  const files = openFiles({ file: resolve(cwd, options.file), cwd, disk, report });
  const pipeline = untilGivenUp(() => check(options, files, report));
  const diagnosticsOf = (some: readonly Problem[]): Diagnostic[] => toDiagnostics(some, files.sources);
  const mistakes = problems.filter(({ isWarning }) => isWarning !== true);
  if (!pipeline || mistakes.length > 0) return { ok: false, diagnostics: diagnosticsOf(mistakes) };
  return { ok: true, pipeline, warnings: diagnosticsOf(problems.filter(({ isWarning }) => isWarning)) };
}

function check(options: LoadOptions, files: Files, report: ReportProblem): CheckedPipeline | undefined {
  const { stages, engines, set, profiles = [], cwd, env, disk } = options;
  const main = files.main();
  const context = { files, report, budget: fullExpansionBudget(), environment: env, set, profiles };
  const module = main && readMainModule([main], context);
  if (!module) return undefined;
  const { spec, scope } = module;
  if (spec.engine && engines) checkEngine(spec.engine, engines, report);
  if (!module.isWhole) return undefined;
  const foreign = foreignRootsOf(module);
  const roots = openRoots({ declared: spec.roots, foreign, cwd, disk, report });
  return {
    name: spec.name,
    file: main.source.path,
    ...(spec.engine && { engine: spec.engine.name }),
    steps: checkSteps(module, { stages, roots, report }),
    inputFolders: roots.folders,
    sources: files.sources,
    profiles,
    params: toRecord(scope.params),
    secrets: secretsOf(module),
  };
}

function untilGivenUp<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof GiveUp) return undefined;
    throw error;
  }
}

function checkEngine({ name, span }: Word, engines: readonly string[], report: ReportProblem): void {
  if (engines.includes(name)) return;
  const message = `Unknown engine ${quote(name)}: use ${alternativesTo(name, engines)}`;
  report({ code: 'unknown-engine', message, span });
}

/** Where files other than the pipeline file declare roots. */
function foreignRootsOf({ foreignRoots, imports }: Module): Module['foreignRoots'] {
  const imported = imports.flatMap(module => [...module.spec.roots.map(({ span }) => span), ...foreignRootsOf(module)]);
  return [...foreignRoots, ...imported];
}

/** All that are declared and set: one that no option names can still come up in what a stage prints. */
function secretsOf({ spec, scope, imports }: Module): Record<string, string> {
  const own = spec.secrets.flatMap(({ name }): [string, string][] => {
    const value = variableOf(scope.variables, name) ?? '';
    return value === '' ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(own), ...Object.assign({}, ...imports.map(secretsOf)) } as Record<string, string>;
}
